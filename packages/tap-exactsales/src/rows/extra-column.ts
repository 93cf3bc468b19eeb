/**
 * The column that `unknown_fields: keep` adds to every stream. It holds the data that no other
 * column holds.
 */
export const EXTRA = 'extra';

/** The JSON Schema of the column. */
export const EXTRA_SCHEMA = {
  title: 'Other fields',
  description:
    'The data of this row that no other column holds, as the text of a JSON object; null if there is no such data.',
  type: ['string', 'null'],
} as const;
