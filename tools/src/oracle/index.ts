export { differences } from './compare.ts';
export { expectations, expectedRows } from './tables.ts';
