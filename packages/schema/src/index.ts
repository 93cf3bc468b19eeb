export type { ColumnSchema, Documented, TableSchema, Text } from './meta-schema.ts';
export { tableNames } from './order.ts';
export { childrenOf, relationships, type Relationship } from './relationships.ts';
export { isSelectedByDefault, isTableName, tables, type Row, type TableName } from './tables.ts';
