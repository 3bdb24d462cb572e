import { loadBundle } from './load.js';

export const { start } = loadBundle().exports;
