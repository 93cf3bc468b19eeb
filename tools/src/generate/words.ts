import type { ColumnSchema } from '@exact-spotter/schema';

/** The type of a column, regardless of null. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'string' | 'date' | 'date-time';

export function columnType({ type, format }: ColumnSchema): ColumnType {
  if (format === 'date' || format === 'date-time') return format;
  const [name] = [type].flat();
  return name === 'integer' || name === 'number' || name === 'boolean' ? name : 'string';
}

/** What you need to know to write a correct query, as plain text for Datasette and dbt. */
export const QUERY_NOTES =
  'Rows that were deleted in Exact Spotter are kept in the database by default: add ' +
  '"WHERE _sdc_deleted_at IS NULL" for every table in a query, including joined tables. ' +
  'Instants are in UTC. To join a stage, compare both the funnel and the trimmed stage name, ' +
  'because stage names repeat across funnels and may have leading spaces.';

/** The fixed wording of the tables document in one language. */
export interface DocumentWords {
  readonly title: string;
  readonly introduction: string;
  readonly queryTitle: string;
  readonly queryNotes: readonly string[];
  readonly listTitle: string;
  readonly listNote: string;
  readonly optionalTitle: string;
  readonly optionalNote: string;
  readonly overview: readonly [table: string, content: string, key: string, read: string];
  readonly columns: readonly [
    column: string,
    type: string,
    joins: string,
    meaning: string,
    example: string,
  ];
  readonly types: Readonly<Record<ColumnType, string>>;
  readonly key: string;
  readonly howRead: string;
  readonly elementsOf: (array: string, parent: string) => string;
  readonly children: string;
  readonly onlyIfSelected: string;
  readonly full: string;
  readonly incremental: (column: string) => string;
  readonly window: (column: string) => string;
  readonly withParent: (parent: string) => string;
}

/** An example in SQL for SQLite that follows all query notes. */
const exampleQuery = (registered: string): string => `\`\`\`sql
SELECT leads.lead, stages.position, datetime(leads.registerdate, '-3 hours') AS ${registered}
FROM leads
LEFT JOIN stages
  ON stages.funnel_id = leads.funnel_id
  AND trim(stages.value) = trim(leads.stage)
  AND stages._sdc_deleted_at IS NULL
WHERE leads._sdc_deleted_at IS NULL;
\`\`\``;

export const english: DocumentWords = {
  title: 'Tables',
  introduction:
    'This page describes the tables that are copied from Exact Spotter. *Em português: [TABELAS.md](TABELAS.md).*',
  queryTitle: 'Before you query',
  queryNotes: [
    [
      '- **Deleted rows are kept by default.** `target-sqlite` keeps a row that was deleted in Exact Spotter and stores the time when it noticed the deletion in `_sdc_deleted_at`. Add `WHERE _sdc_deleted_at IS NULL` to every query, and add the same condition for every joined table. For a `LEFT JOIN`, put it in the `ON` clause, as in the example below. With the setting `hard_delete`, the row is removed instead.',
      "- **Instants are in UTC.** Convert them before you group by day: `datetime(registerdate, '-3 hours')` is the time in São Paulo. Do not convert a date that a user picked; the column's description says so.",
      '- **To join by stage, also compare the funnel.** Tables refer to a stage by its name. Names repeat across funnels and may have leading spaces, so compare the funnels and trim both names.',
      '- **A join may find no matching row.** The API does not return every row that other rows refer to; for example, it omits deleted users. Use `LEFT JOIN` to keep the rows that refer to them.',
      '- **Some deletions are noticed late.** The API does not report deletions. If the tap usually reads only changes to a table, it notices deletions at the next complete read, every `full_refresh_days` days (default: 7).',
    ].join('\n'),
    exampleQuery('registered_at'),
  ],
  listTitle: 'List of tables',
  listNote:
    'Key columns are in bold and never null; all other columns can be null. Booleans are stored as 1 or 0; only `leadstages.discarded_stage` is text. With the setting `table_prefix`, every table name has a prefix, such as `exactsales_`.',
  optionalTitle: 'Optional tables',
  optionalNote:
    'These tables are copied only if you [select](../tap-exactsales/README.md#select-streams-and-columns) them. Some accounts may lack them, and their columns may differ from this list. If an account lacks a selected table, the run logs a warning and the table remains empty.',
  overview: ['table', 'contents', 'key', 'how it is read'],
  columns: ['column', 'type', 'joins', 'meaning', 'example'],
  types: {
    integer: 'integer',
    number: 'number',
    boolean: 'boolean (1 or 0)',
    string: 'text',
    date: 'date',
    'date-time': 'instant',
  },
  key: 'Key',
  howRead: 'How it is read',
  elementsOf: (array, parent) => `One row per element of ${array} in each row of ${parent}`,
  children: 'Child tables',
  onlyIfSelected: 'Copied only if it is selected',
  full: 'completely, in every run',
  incremental: (column) => `changes since the last run, by ${column}`,
  window: (column) => `from 30 days before to 365 days after the run (by default), by ${column}`,
  withParent: (parent) => `with ${parent}`,
};

export const portuguese: DocumentWords = {
  title: 'Tabelas',
  introduction:
    'Esta página descreve as tabelas copiadas do Exact Spotter. *In English: [TABLES.md](TABLES.md).*',
  queryTitle: 'Antes de consultar',
  queryNotes: [
    [
      '- **Linhas excluídas continuam na tabela.** Por padrão, o `target-sqlite` mantém a linha que foi excluída no Exact Spotter e registra em `_sdc_deleted_at` a data e a hora em que percebeu a exclusão. Use `WHERE _sdc_deleted_at IS NULL` em toda consulta, e a mesma condição para cada tabela cruzada. Num `LEFT JOIN`, ela vai no `ON`, como no exemplo abaixo. Com a configuração `hard_delete`, a linha é removida.',
      "- **Os horários estão em UTC.** Converta antes de agrupar por dia: `datetime(registerdate, '-3 hours')` é a hora de São Paulo. Não converta uma data que um usuário escolheu; a descrição da coluna avisa.",
      '- **Para cruzar por etapa, use também o funil.** As tabelas citam a etapa pelo nome. Os nomes se repetem entre funis e podem ter espaços no início: use `trim` dos dois lados.',
      '- **Um cruzamento pode não achar a linha.** A API não devolve tudo o que as linhas citam: faltam, por exemplo, os usuários excluídos. Use `LEFT JOIN` para não perder linhas.',
      '- **Algumas exclusões são percebidas mais tarde.** A API não informa exclusões. Se só as mudanças de uma tabela são lidas, as exclusões só são percebidas quando ela é lida inteira, a cada `full_refresh_days` dias (padrão: 7).',
    ].join('\n'),
    exampleQuery('cadastrado_em'),
  ],
  listTitle: 'Lista de tabelas',
  listNote:
    'As colunas da chave estão em negrito e nunca são nulas; as outras colunas podem ser. Um booleano é gravado como 1 (verdadeiro) ou 0 (falso); só `leadstages.discarded_stage` é texto. Com a configuração `table_prefix`, o nome de cada tabela ganha um prefixo, como `exactsales_`.',
  optionalTitle: 'Tabelas opcionais',
  optionalNote:
    'Estas tabelas só são copiadas se você as [selecionar](../tap-exactsales/README.md#select-streams-and-columns). Não está confirmado que toda conta as tenha, nem que as colunas sejam exatamente estas. Se a conta não tiver uma delas, a cópia registra um aviso e a tabela fica vazia.',
  overview: ['tabela', 'conteúdo', 'chave', 'como é lida'],
  columns: ['coluna', 'tipo', 'cruza com', 'significado', 'exemplo'],
  types: {
    integer: 'número inteiro',
    number: 'número',
    boolean: 'booleano (1 ou 0)',
    string: 'texto',
    date: 'data',
    'date-time': 'data e hora',
  },
  key: 'Chave',
  howRead: 'Como é lida',
  elementsOf: (array, parent) => `Uma linha por elemento de ${array} em cada linha de ${parent}`,
  children: 'Tabelas filhas',
  onlyIfSelected: 'Só é copiada se for selecionada',
  full: 'inteira, em cada cópia',
  incremental: (column) => `o que mudou desde a última cópia, por ${column}`,
  window: (column) => `de 30 dias antes a 365 depois da cópia (por padrão), por ${column}`,
  withParent: (parent) => `com ${parent}`,
};
