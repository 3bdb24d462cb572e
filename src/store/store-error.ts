/** The store cannot be opened or has failed; the text is for the operator and holds no data. */
export class StoreError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StoreError';
  }
}
