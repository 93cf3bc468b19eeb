/** A Markdown table, with a line end; bars in the cells are kept from dividing them. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, head.map(() => '---'), ...rows].map(line).join('');
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ');
}

/** A link to the heading of that name, as GitHub and npm make its anchor. */
export function headingLink(text: string, heading: string): string {
  return `[${code(text)}](#${heading.toLowerCase()})`;
}
