export { compareRows, differences } from './compare.ts';
export { expectations, expectedRows } from './tables.ts';
export { warehouseCell } from './warehouse.ts';
