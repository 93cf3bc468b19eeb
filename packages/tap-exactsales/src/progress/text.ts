import type { Figures } from './gauge.ts';

/** A read under way. */
export interface Named extends Figures {
  readonly name: string;
}

/** The lines on a terminal: one a read, in columns, and the budget that they share. */
export function statusLines(reads: readonly Named[], requestsLeft: number): string[] {
  const table = reads.map((read) => [
    read.name,
    rowsText(read),
    read.percent === undefined ? '' : `${read.percent} %`,
    read.rate === undefined ? '' : `${count(read.rate)} rows/s`,
    read.toGo === undefined ? '' : `${duration(read.toGo)} to go`,
  ]);
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths?.[at] ?? 0) : pad(cell, widths?.[at])))
      .join('  ')
      .trimEnd(),
  );
  return lines.length === 0 ? [] : [...lines, budgetText(requestsLeft)];
}

function pad(cell: string, width = 0): string {
  return cell.padStart(width);
}

/** The same in one sentence, for a log. @param rows of the whole run so far */
export function progressSentence(
  reads: readonly Named[],
  rows: number,
  requestsLeft: number,
): string {
  const parts = reads.map((read) => {
    const more = [
      ...(read.percent === undefined ? [] : [`${read.percent} %`]),
      ...(read.rate === undefined ? [] : [`${count(read.rate)} rows/s`]),
      ...(read.toGo === undefined ? [] : [`${duration(read.toGo)} to go`]),
    ].join(', ');
    return `${read.name} ${rowsText(read)}${more === '' ? '' : ` (${more})`}`;
  });
  return `So far ${count(rows)} rows; under way: ${parts.join('; ')}; ${budgetText(requestsLeft)}.`;
}

function rowsText({ rows, total }: Figures): string {
  return total === undefined ? count(rows) : `${count(rows)} of ${count(total)}`;
}

function budgetText(requestsLeft: number): string {
  return `${requestsLeft} ${requestsLeft === 1 ? 'request' : 'requests'} left in the budget`;
}

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

function count(value: number): string {
  return NUMBER.format(value);
}

/** Seconds → `0:07`, `12:30`, `1:02:03`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const tail = String(whole % 60).padStart(2, '0');
  return hours === 0
    ? `${minutes}:${tail}`
    : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}
