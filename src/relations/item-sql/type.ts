/** CREATE TYPE. */
import type { TypeItem } from '../../catalog/records.ts';
import { bracketed, type Doc } from '../../sql/doc.ts';
import type { ItemPrinter } from './printer.ts';

export function createType(p: ItemPrinter, item: TypeItem): Doc {
  const head = `CREATE TYPE ${p.fullName(item)} AS`;
  const { detail } = item;
  switch (detail.type) {
    case 'list':
      return `${head} LIST (ELEMENT TYPE = ${p.type(detail.elementOid, -1, detail.elementText)})`;
    case 'map': {
      const value = p.type(detail.valueOid, -1, detail.valueText);
      return `${head} MAP (KEY TYPE = ${p.type(detail.keyOid)}, VALUE TYPE = ${value})`;
    }
    case 'record':
      return bracketed(
        `${head} (`,
        detail.fields.map((field) => p.column(field)),
        ')',
      );
  }
}
