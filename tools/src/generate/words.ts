import type { ColumnSchema } from '@exact-spotter/schema';

/** What a column holds, without regard to null. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'string' | 'date' | 'date-time';

/** The fixed words of the tables' document, in one language. */
export interface DocumentWords {
  readonly title: string;
  readonly introduction: readonly string[];
  readonly overview: readonly [table: string, holds: string, key: string, read: string];
  readonly columns: readonly [
    column: string,
    type: string,
    joins: string,
    means: string,
    example: string,
  ];
  readonly types: Readonly<Record<ColumnType, string>>;
  readonly key: string;
  readonly howRead: string;
  readonly elementsOf: (array: string, parent: string) => string;
  readonly children: string;
  readonly full: string;
  readonly incremental: (column: string) => string;
  readonly window: (column: string) => string;
  readonly withParent: (parent: string) => string;
}

export const english: DocumentWords = {
  title: 'The tables',
  introduction: [
    'What is copied out of Exact Spotter, table by table. *Em português: [TABELAS.md](TABELAS.md).*',
    'Instants are in UTC and keep every digit that the API sent. Any column may be null save those of the key, which are in bold type. A column that joins another table may name a row that is not there: the API leaves gaps, such as users who were deleted. With the setting `table_prefix` the tables bear a prefix, such as `exactsales_`.',
  ],
  overview: ['table', 'holds', 'key', 'how it is read'],
  columns: ['column', 'type', 'joins', 'what it means', 'example'],
  types: {
    integer: 'whole number',
    number: 'number',
    boolean: 'yes or no',
    string: 'text',
    date: 'day',
    'date-time': 'instant',
  },
  key: 'Key',
  howRead: 'How it is read',
  elementsOf: (array, parent) => `The elements of ${array} in each row of ${parent}`,
  children: 'In tables of their own',
  full: 'whole, in every run',
  incremental: (column) => `what is new by ${column}`,
  window: (column) => `days around now, by ${column}`,
  withParent: (parent) => `with ${parent}`,
};

export const portuguese: DocumentWords = {
  title: 'As tabelas',
  introduction: [
    'O que é copiado do Exact Spotter, tabela por tabela. *In English: [TABLES.md](TABLES.md).*',
    'Os instantes estão em UTC, com todos os dígitos que a API enviou. Qualquer coluna pode ser nula, menos as da chave, que estão em negrito. Uma coluna que cruza com outra tabela pode citar uma linha que não existe: a API deixa lacunas, como usuários que foram excluídos. Com a configuração `table_prefix`, as tabelas levam um prefixo, como `exactsales_`.',
  ],
  overview: ['tabela', 'conteúdo', 'chave', 'como é lida'],
  columns: ['coluna', 'tipo', 'cruza com', 'o que significa', 'exemplo'],
  types: {
    integer: 'número inteiro',
    number: 'número',
    boolean: 'sim ou não',
    string: 'texto',
    date: 'dia',
    'date-time': 'instante',
  },
  key: 'Chave',
  howRead: 'Como é lida',
  elementsOf: (array, parent) => `Os elementos de ${array} em cada linha de ${parent}`,
  children: 'Em tabelas próprias',
  full: 'inteira, a cada execução',
  incremental: (column) => `o que há de novo por ${column}`,
  window: (column) => `dias em torno de agora, por ${column}`,
  withParent: (parent) => `com ${parent}`,
};

export function columnType({ type, format }: ColumnSchema): ColumnType {
  if (format === 'date' || format === 'date-time') return format;
  const [name] = [type].flat();
  return name === 'integer' || name === 'number' || name === 'boolean' ? name : 'string';
}
