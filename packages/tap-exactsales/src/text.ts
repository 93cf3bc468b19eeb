/** Returns a count with its noun, e.g. `1 row` or `2 rows`. */
export function quantity(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Aligns cells in columns, two spaces apart.
 * @param isRightAligned returns true if the column with this index is aligned to the right
 * @returns one line per row
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  isRightAligned: (column: number) => boolean,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  }
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return isRightAligned(at) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Removes all slashes at the end. */
export function withoutEndingSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}
