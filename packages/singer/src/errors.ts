/**
 * Error families, by what to do next. Each message says what failed, where and what to do, in one
 * sentence, and never holds a secret or a record's value. Families of one side (the API, the
 * database) extend {@link ProgramError} there.
 */
export class ProgramError extends Error {
  override readonly name: string = 'ProgramError';
  /** 1: the run failed. 2: wrong usage or settings, nothing was started. */
  readonly exitCode: 1 | 2 = 1;
}

/** The settings or arguments are wrong; all faults at once. The user mends them and starts again. */
export class SettingsError extends ProgramError {
  override readonly name = 'SettingsError';
  override readonly exitCode = 2;
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join('\n'), options);
    this.faults = faults;
  }
}

/** Where in the input a fault stands. `line` counts from 1. */
export interface InputPlace {
  readonly line?: number;
  readonly stream?: string;
  readonly column?: string;
}

/** The input cannot be used; whoever wrote it must mend it. */
export class InputError extends ProgramError {
  override readonly name = 'InputError';
  readonly place: InputPlace;

  /** @param reason what is wrong and what to do, without the place: it is put in front. */
  constructor(reason: string, place: InputPlace = {}, options?: ErrorOptions) {
    super(`${describePlace(place)}${reason}`, options);
    this.place = place;
  }
}

/** A record that its stream's map cannot take: an expression fails on what is in it. */
export class UnmappedRecordError extends InputError {
  /** What failed, without the place and without what to do. */
  readonly reason: string;
  /** The names under which the record would have gone out. */
  readonly streams: readonly string[];

  constructor(
    reason: string,
    place: InputPlace,
    streams: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`${reason}: mend the stream's map in the setting "stream_maps".`, place, options);
    this.reason = reason;
    this.streams = streams;
  }
}

/** The reader of our standard output has gone (EPIPE): nobody is left to write for. */
export class OutputClosedError extends ProgramError {
  override readonly name = 'OutputClosedError';

  constructor(options?: ErrorOptions) {
    super('The reader of the standard output has gone: what it had not read yet is lost.', options);
  }
}

function describePlace({ line, stream, column }: InputPlace): string {
  const parts = [
    line === undefined ? [] : `line ${line}`,
    stream === undefined ? [] : `stream "${stream}"`,
    column === undefined ? [] : `column "${column}"`,
  ].flat();
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}
