/**
 * The base class of errors with a message for people. Each subclass implies a remedy: change the
 * settings, fix the input, … API and database errors extend this class in their own packages.
 *
 * A message is one sentence that says what failed, where, and what to do. The message never
 * contains a secret or a record value.
 */
export class ProgramError extends Error {
  override readonly name: string = 'ProgramError';
  /**
   * 1 if the run failed; 2 if usage or settings are wrong and nothing was started; 130 or 143 if a
   * signal stopped the run.
   */
  readonly exitCode: 1 | 2 | 130 | 143 = 1;
}

/** The settings or arguments are wrong. Lists every problem at once. */
export class SettingsError extends ProgramError {
  override readonly name = 'SettingsError';
  override readonly exitCode = 2;
  /** The problems, one sentence each. */
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

/** The input cannot be used. The program that wrote the input must be fixed. */
export class InputError extends ProgramError {
  override readonly name = 'InputError';
  readonly place: InputPlace;

  /** @param reason what is wrong and what to do; the message starts with the place */
  constructor(reason: string, place: InputPlace = {}, options?: ErrorOptions) {
    super(`${describePlace(place)}${reason}`, options);
    this.place = place;
  }
}

/** Thrown if an expression in a stream map fails on a record. */
export class UnmappedRecordError extends InputError {
  /** What failed, without the place and the remedy. */
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

/**
 * A signal stopped the run before it was complete. The run ended gracefully, but a scheduler must not
 * take an incomplete copy for a success.
 */
export class StoppedError extends ProgramError {
  override readonly name = 'StoppedError';
  override readonly exitCode: 130 | 143;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(
      `${signal} stopped the run, so the copy is incomplete; the next run continues from the last STATE.`,
    );
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

/** The program that reads stdout has closed the pipe (EPIPE). */
export class OutputClosedError extends ProgramError {
  override readonly name = 'OutputClosedError';

  constructor(options?: ErrorOptions) {
    super(
      'The program that reads stdout closed the pipe: output that it had not read is lost.',
      options,
    );
  }
}

/** stdout cannot be written, e.g. because it is a file on a full disk. */
export class OutputFailedError extends ProgramError {
  override readonly name = 'OutputFailedError';

  /** @param options the system error as the cause */
  constructor(options: { readonly cause: unknown }) {
    const code = errorCode(options.cause);
    const reason = OUTPUT_REASONS[code] ?? 'the system reports an error';
    super(
      `stdout cannot be written because ${reason} (${code}): correct this, or redirect stdout to another place, and start the program again.`,
      options,
    );
  }
}

const OUTPUT_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file has reached the largest size that the system allows',
  EIO: 'the device reports an error',
};

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
