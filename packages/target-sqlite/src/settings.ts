import { packageVersion, type Program } from '@exact-spotter/singer';
import { mapSettings, type MapSettings } from '@exact-spotter/stream-maps';

/** The settings as `resolveSettings` gives them: every one with a default is there. */
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
  description: 'Singer target for SQLite: exactly what was said, once.',
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
          'Path of the SQLite file, from the working directory on; it is made where there is none.',
        minLength: 1,
        'x-kind': 'file',
      },
      table_prefix: {
        type: 'string',
        title: 'Table prefix',
        description: 'Stands in front of every table name, e.g. exactsales_.',
        default: '',
      },
      load_method: {
        type: 'string',
        title: 'Load method',
        description:
          'upsert: by key, appended where a stream has none. append-only: every record is a new row. overwrite: the rows of this run take the place of the old ones at its end.',
        default: 'upsert',
        enum: ['upsert', 'append-only', 'overwrite'],
      },
      validate_records: {
        type: 'boolean',
        title: 'Validate records',
        description: 'Hold every record against the schema that its tap sent.',
        default: true,
      },
      on_invalid_record: {
        type: 'string',
        title: 'On an invalid record',
        description:
          'fail: the run ends. quarantine: the record is kept aside with the reason, to be replayed later.',
        default: 'fail',
        enum: ['fail', 'quarantine'],
      },
      max_quarantined: {
        type: 'integer',
        title: 'Most records in quarantine',
        description: 'A run that keeps more records aside than this fails.',
        default: 10_000,
        minimum: 0,
      },
      hard_delete: {
        type: 'boolean',
        title: 'Hard delete',
        description:
          'Remove rows that are gone at the source; otherwise they stay, with the time in _sdc_deleted_at.',
        default: false,
      },
      add_record_metadata: {
        type: 'boolean',
        title: 'Add record metadata',
        description: 'Add the seven _sdc_ columns: when a row was extracted, received, and so on.',
        default: true,
      },
      schema_changes: {
        type: 'string',
        title: 'Schema changes',
        description:
          'evolve: tables follow their schema, and nothing in them is lost. freeze: a schema that would change a table is refused.',
        default: 'evolve',
        enum: ['evolve', 'freeze'],
      },
      state_id: {
        type: 'string',
        title: 'State id',
        description:
          'Which pipe this is, where several feed one database: each keeps a state of its own.',
        default: 'default',
        minLength: 1,
      },
      foreign_keys: {
        type: 'boolean',
        title: 'Foreign keys',
        description:
          'Declare the relationships that the schemas name in the tables; they are not enforced.',
        default: true,
      },
      index_references: {
        type: 'boolean',
        title: 'Index references',
        description:
          'Make an index on every column that refers to another table, at the end of a run, since those are joined.',
        default: true,
      },
      batch_size_rows: {
        type: 'integer',
        title: 'Rows of a batch',
        description: 'Commit after so many rows where no STATE comes earlier.',
        default: 10_000,
        minimum: 1,
      },
      batch_size_bytes: {
        type: 'integer',
        title: 'Bytes of a batch',
        description: 'Commit after so many bytes of input where no STATE comes earlier.',
        default: 64 * MIB,
        minimum: 1,
      },
      batch_seconds: {
        type: 'number',
        title: 'Seconds of a batch',
        description: 'Commit after so many seconds where no STATE comes earlier.',
        default: 10,
        exclusiveMinimum: 0,
      },
      clean_up_batch_files: {
        type: 'boolean',
        title: 'Clean up batch files',
        description:
          'Remove each file that a BATCH message names once its rows are committed; otherwise the files stay.',
        default: false,
      },
      max_line_bytes: {
        type: 'integer',
        title: 'Longest line',
        description: 'The longest line of input that is accepted, in bytes.',
        default: 256 * MIB,
        minimum: 1024,
        maximum: 511 * MIB,
      },
      lock_timeout_seconds: {
        type: 'number',
        title: 'Wait for the lock',
        description: 'How many seconds to wait while another program writes to the database.',
        default: 60,
        minimum: 0,
      },
      ...mapSettings,
    },
  },
};
