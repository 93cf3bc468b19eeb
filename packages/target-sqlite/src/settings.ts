import { packageVersion, type Program } from '@exact-spotter/singer';
import { mapSettings, type MapSettings } from '@exact-spotter/stream-maps';

/** The settings as `resolveSettings` returns them, with defaults filled in. */
export interface TargetSettings extends MapSettings {
  readonly database: string;
  readonly table_prefix: string;
  readonly load_method: 'upsert' | 'append-only' | 'overwrite';
  readonly validate_records: boolean;
  readonly on_invalid_record: 'fail' | 'quarantine';
  readonly max_quarantined: number;
  readonly hard_delete: boolean;
  readonly add_record_metadata: boolean;
  readonly schema_changes: 'evolve' | 'freeze';
  readonly state_id: string;
  readonly foreign_keys: boolean;
  readonly index_references: boolean;
  readonly batch_size_rows: number;
  readonly batch_size_bytes: number;
  readonly batch_seconds: number;
  readonly clean_up_batch_files: boolean;
  readonly max_line_bytes: number;
  readonly lock_timeout_seconds: number;
}

const MIB = 1024 * 1024;

export const program: Program = {
  name: 'target-sqlite',
  version: packageVersion(import.meta.url),
  description: 'Singer target for SQLite: loads every record exactly once.',
  capabilities: [
    'about',
    'activate-version',
    'batch',
    'hard-delete',
    'soft-delete',
    'validate-records',
    'stream-maps',
    'schema-flattening',
    'structured-logging',
  ],
  settings: {
    type: 'object',
    required: ['database'],
    properties: {
      database: {
        type: 'string',
        title: 'Database',
        description:
          'Path of the SQLite file, relative to the working directory. Created if missing.',
        minLength: 1,
        'x-kind': 'file',
      },
      table_prefix: {
        type: 'string',
        title: 'Table prefix',
        description: 'Prefix of every table name, e.g. exactsales_.',
        default: '',
      },
      load_method: {
        type: 'string',
        title: 'Load method',
        description:
          'upsert: insert or update by key; streams without a key are appended. append-only: every record is a new row. overwrite: at the end of a run, the rows from that run replace all earlier rows.',
        default: 'upsert',
        enum: ['upsert', 'append-only', 'overwrite'],
      },
      validate_records: {
        type: 'boolean',
        title: 'Validate records',
        description: "Validate every record against its stream's schema.",
        default: true,
      },
      on_invalid_record: {
        type: 'string',
        title: 'On invalid record',
        description:
          'fail: stop the run. quarantine: keep the record in _singer_quarantine with the reason, for a later replay.',
        default: 'fail',
        enum: ['fail', 'quarantine'],
      },
      max_quarantined: {
        type: 'integer',
        title: 'Maximum quarantined records',
        description: 'The run fails if it quarantines more records than this.',
        default: 10_000,
        minimum: 0,
      },
      hard_delete: {
        type: 'boolean',
        title: 'Hard delete',
        description:
          'Delete rows that were deleted at the source. By default, such rows are kept, and _sdc_deleted_at contains the deletion time.',
        default: false,
      },
      add_record_metadata: {
        type: 'boolean',
        title: 'Add record metadata',
        description:
          'Add the seven _sdc_ columns to every table: when a row was extracted, when it was received, and so on.',
        default: true,
      },
      schema_changes: {
        type: 'string',
        title: 'Schema changes',
        description:
          'evolve: change tables to fit the schemas of their streams, without losing data. freeze: fail if a schema would change a table.',
        default: 'evolve',
        enum: ['evolve', 'freeze'],
      },
      state_id: {
        type: 'string',
        title: 'State ID',
        description:
          'Name of this pipeline. Pipelines that load into the same database need different names, so that each has its own state.',
        default: 'default',
        minLength: 1,
      },
      foreign_keys: {
        type: 'boolean',
        title: 'Foreign keys',
        description:
          'Declare the relationships between tables as foreign keys, which are not enforced.',
        default: true,
      },
      index_references: {
        type: 'boolean',
        title: 'Index references',
        description:
          'At the end of a run, create an index on every column that refers to another table, so that joins are fast.',
        default: true,
      },
      batch_size_rows: {
        type: 'integer',
        title: 'Batch size in rows',
        description: 'Commit after this many rows if no STATE arrives earlier.',
        default: 10_000,
        minimum: 1,
      },
      batch_size_bytes: {
        type: 'integer',
        title: 'Batch size in bytes',
        description: 'Commit after this many bytes of input if no STATE arrives earlier.',
        default: 64 * MIB,
        minimum: 1,
      },
      batch_seconds: {
        type: 'number',
        title: 'Batch duration in seconds',
        description: 'Commit after this many seconds if no STATE arrives earlier.',
        default: 10,
        exclusiveMinimum: 0,
      },
      clean_up_batch_files: {
        type: 'boolean',
        title: 'Clean up batch files',
        description: 'Delete each BATCH file once its rows are committed.',
        default: false,
      },
      max_line_bytes: {
        type: 'integer',
        title: 'Maximum line length',
        description: 'Maximum length of an input line, in bytes.',
        default: 256 * MIB,
        minimum: 1024,
        maximum: 511 * MIB,
      },
      lock_timeout_seconds: {
        type: 'number',
        title: 'Lock timeout in seconds',
        description: 'How many seconds to wait while another program writes to the database.',
        default: 60,
        minimum: 0,
      },
      ...mapSettings,
    },
  },
};
