export { tableNames } from './order.ts';
export { childrenOf, relationships, type Relationship } from './relationships.ts';
export { isTableName, tables, type Row, type TableName } from './tables.ts';
export {
  readCovered,
  readKey,
  readParent,
  readReferences,
  readReplication,
  type AnySchema,
  type ColumnSchema,
  type Covered,
  type Documented,
  type Parent,
  type Reference,
  type Replication,
  type ReplicationMethod,
  type TableSchema,
  type Text,
} from '@exact-spotter/singer';
