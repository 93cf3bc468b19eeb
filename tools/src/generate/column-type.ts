import type { ColumnSchema } from '@exact-spotter/schema';

/** What a column holds, without regard to null. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'string' | 'date' | 'date-time';

export function columnType({ type, format }: ColumnSchema): ColumnType {
  if (format === 'date' || format === 'date-time') return format;
  const [name] = [type].flat();
  return name === 'integer' || name === 'number' || name === 'boolean' ? name : 'string';
}
