/**
 * The base of errors with a message for people. Families say what to do next: change the settings,
 * fix the input, … Those of one side (the API, the database) extend this class in their package.
 *
 * A message is one sentence that says what failed, where, and what to do. It never contains a
 * secret or a record's value.
 */
export class ProgramError extends Error {
  override readonly name: string = 'ProgramError';
  /** 1: the run failed. 2: wrong usage or settings; nothing was started. */
  readonly exitCode: 1 | 2 = 1;
}

/** The settings or arguments are wrong. Lists every problem at once. */
export class SettingsError extends ProgramError {
  override readonly name = 'SettingsError';
  override readonly exitCode = 2;
  /** One sentence each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/** A place in the input. `line` counts from 1. */
export interface InputPlace {
  readonly line?: number;
  readonly stream?: string;
  readonly column?: string;
}

/** The input cannot be used. The program that wrote it must be fixed. */
export class InputError extends ProgramError {
  override readonly name = 'InputError';
  readonly place: InputPlace;

  /** @param reason what is wrong and what to do. The message puts the place before it. */
  constructor(reason: string, place: InputPlace = {}, options?: ErrorOptions) {
    super(`${describePlace(place)}${reason}`, options);
    this.place = place;
  }
}

/** An expression of a stream's map failed on a record. */
export class UnmappedRecordError extends InputError {
  /** What failed, without the place and without what to do. */
  readonly reason: string;
  /** The names under which the map would have written the record. */
  readonly streams: readonly string[];

  constructor(
    reason: string,
    place: InputPlace,
    streams: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`${reason}; correct the stream's map in the setting "stream_maps".`, place, options);
    this.reason = reason;
    this.streams = streams;
  }
}

/** The reader of our stdout has closed it (EPIPE). */
export class OutputClosedError extends ProgramError {
  override readonly name = 'OutputClosedError';

  constructor(options?: ErrorOptions) {
    super('The reader of stdout closed it: what it had not read yet is lost.', options);
  }
}

/** Returns the code of a system error, e.g. `ENOENT`, for a message. */
export function errorCode(error: unknown): string {
  return (error as Partial<NodeJS.ErrnoException> | null)?.code ?? 'unknown reason';
}

function describePlace({ line, stream, column }: InputPlace): string {
  const parts = [
    line === undefined ? [] : `line ${line}`,
    stream === undefined ? [] : `stream "${stream}"`,
    column === undefined ? [] : `column "${column}"`,
  ].flat();
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}
