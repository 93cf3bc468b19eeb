/** Returns a Markdown table that ends with a newline. Escapes `|` in cells. */
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

/** Returns a link to a heading of the same page, with the anchor that GitHub and npm generate. */
export function headingLink(text: string, heading: string): string {
  return `[${code(text)}](#${heading.toLowerCase()})`;
}
