export { COLUMN_TYPES } from './column-types.ts';
export { METADATA_COLUMNS } from './metadata-columns.ts';
export { program } from './program.ts';
