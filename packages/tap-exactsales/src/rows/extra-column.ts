/** The column of every stream for what no other column holds, with `unknown_fields: keep`. */
export const EXTRA = 'extra';

/** The JSON Schema of the column. */
export const EXTRA_SCHEMA = {
  title: 'Other fields',
  description:
    'What the API sent for this row and no other column holds, as the text of a JSON object, or null if nothing is left.',
  type: ['string', 'null'],
} as const;
