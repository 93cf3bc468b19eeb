export type { ColumnSchema, Documented, TableSchema, Text } from './meta-schema.ts';
export { tableNames } from './order.ts';
export { childrenOf, relationships, type Relationship } from './relationships.ts';
export { isTableName, tables, type Row, type TableName } from './tables.ts';
// For packages that do not import the readers from `@exact-spotter/singer` yet.
export {
  readParent,
  readReferences,
  readReplication,
  type ReplicationMethod,
} from '@exact-spotter/singer';
