export { differences } from './compare.ts';
export { expectedRows } from './tables.ts';
