export { COLUMN_TYPES } from './database/column-types.ts';
export { METADATA_COLUMNS } from './database/metadata-columns.ts';
export { program } from './settings.ts';
