/** Cells in columns, two blanks apart; the columns named are set to the right. With a line end. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  toTheRight: readonly string[],
): string {
  const widths = head.map((title, at) =>
    Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(({ length }) => length)),
  );
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return toTheRight.includes(head[at] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
