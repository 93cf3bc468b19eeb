/**
 * Puts a text between `<!-- generated: NAME -->` and the next `<!-- /generated -->`.
 * @returns undefined where the page has no such place
 */
export function putBetweenMarkers(page: string, name: string, text: string): string | undefined {
  const opening = `<!-- generated: ${name} -->`;
  const closing = '<!-- /generated -->';
  const start = page.indexOf(opening);
  const end = page.indexOf(closing, start);
  if (start < 0 || end < 0) return undefined;
  return `${page.slice(0, start + opening.length)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}
