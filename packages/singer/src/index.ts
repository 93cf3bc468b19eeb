export { about, ABOUT_FORMATS, settingsTable, type AboutFormat } from './command-line/about.ts';
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
} from './schemas/catalog.ts';
export type { Command, CommandLine, Option } from './command-line/arguments.ts';
export {
  print,
  runProgram,
  terminationSignal,
  type Arguments,
} from './command-line/command-line.ts';
export {
  InputError,
  OutputClosedError,
  OutputFailedError,
  errorCode,
  ProgramError,
  SettingsError,
  StoppedError,
  UnmappedRecordError,
  type InputPlace,
} from './errors.ts';
export { Families, siblingsKey, type Child } from './schemas/family.ts';
export {
  compareInstants,
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
  SMALLEST_SURE,
  parseKeepingDigits,
  parseLossless,
  rawMembers,
  type JsonValue,
  type RawJson,
} from './messages/json.ts';
export { packageVersion, readJsonFile, readState } from './json-files.ts';
export { markedEncoding } from './text.ts';
export { LineSplitter, readLines, type Line, type ReadLinesOptions } from './messages/lines.ts';
export {
  environmentPrefix,
  isDebugging,
  isLogForPrograms,
  isLogged,
  log,
  type LogFields,
} from './log.ts';
export { nearest } from './command-line/nearest.ts';
export {
  bareRecordLine,
  messageLine,
  recordLine,
  schemaLine,
  stateLine,
} from './messages/message-lines.ts';
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
} from './messages/messages.ts';
export { counter, timer, type Counter, type MetricTags, type Timer } from './metrics.ts';
export {
  resolveSettings,
  type Program,
  type SettingSchema,
  type SettingsSchema,
} from './command-line/resolve-settings.ts';
export type { Output } from './stdio/output.ts';
export { openStatusLines, type StatusLines } from './stdio/status-lines.ts';
export { stderrIsForPeople, stdinBytes, stdoutOutput, writeStderr } from './stdio/stdio.ts';
export { loadValidator, type CompileValidator, type Violation } from './schemas/validator.ts';
export {
  readCovered,
  readKey,
  readParent,
  readReferences,
  readReplication,
  type Covered,
  type Parent,
  type Reference,
  type Replication,
  type ReplicationMethod,
} from './schemas/x-keywords.ts';
