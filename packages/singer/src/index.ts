export { about, ABOUT_FORMATS, settingsTable, type AboutFormat } from './about.ts';
export {
  catalogEntry,
  readCatalog,
  selection,
  type Catalog,
  type CatalogEntry,
  type Inclusion,
  type MetadataEntry,
  type Selection,
  type StreamDescription,
} from './catalog.ts';
export {
  print,
  runProgram,
  type Arguments,
  type Command,
  type CommandLine,
  type Option,
} from './command-line.ts';
export {
  InputError,
  OutputClosedError,
  ProgramError,
  SettingsError,
  UnmappedRecordError,
  type InputPlace,
} from './errors.ts';
export { Families, siblingsKey, type Child } from './family.ts';
export {
  compareInstants,
  DAY,
  earlier,
  fromMilliseconds,
  later,
  milliseconds,
  parseDateTime,
  shiftInstant,
  sortableInstant,
  wallMilliseconds,
  zoneOffset,
  type DateTime,
  type Instant,
} from './instant.ts';
export {
  compactJson,
  isDoubtful,
  isExact,
  isObject,
  isRawJson,
  LEAST_SURE,
  parseKeepingDigits,
  parseLossless,
  rawMembers,
  type JsonValue,
  type RawJson,
} from './json.ts';
export { LineSplitter, readLines, type Line, type ReadLinesOptions } from './lines.ts';
export {
  environmentPrefix,
  isDebugging,
  isLogForPrograms,
  isTold,
  log,
  type LogFields,
} from './log.ts';
export { nearest } from './nearest.ts';
export { packageVersion } from './manifest.ts';
export { bareRecordLine, messageLine, recordLine, schemaLine, stateLine } from './message-lines.ts';
export {
  parseMessage,
  parseRecord,
  type ActivateVersionMessage,
  type BatchMessage,
  type JsonRecord,
  type JsonSchema,
  type Message,
  type RecordMessage,
  type SchemaMessage,
  type StateMessage,
  type UnknownMessage,
} from './messages.ts';
export { counter, timer, type Counter, type MetricTags, type Timer } from './metrics.ts';
export type { Program, SettingSchema, SettingsSchema } from './program.ts';
export { readJsonFile, resolveSettings } from './settings.ts';
export { terminationSignal } from './signals.ts';
export { readState } from './state-file.ts';
export { loadValidator, type CompileValidator } from './validation.ts';
export type { Violation } from './validator.ts';
export { openStatusLines, type StatusLines } from './status-lines.ts';
export type { Output } from './queued-output.ts';
export { stderrIsForPeople, stdinBytes, stdoutOutput, writeStderr } from './stdio.ts';
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
} from './vocabulary.ts';
