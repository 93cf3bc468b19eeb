export { COLUMN_TYPES, METADATA_COLUMNS } from './database/columns.ts';
export { program } from './settings.ts';
