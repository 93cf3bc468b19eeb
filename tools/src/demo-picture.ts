import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs the demo and draws its output as `docs/demo.svg`, the picture in README.md. The picture omits
 * the SQL and the middle of long paragraphs. Draw the picture again when the demo's output changes:
 * `npm run picture -w @exact-spotter/tools`.
 */
const COLUMNS = 96;
/** Number of lines that are kept at the beginning and at the end of a long paragraph. */
const KEPT = 2;
const LINE_HEIGHT = 18;
const CHARACTER_WIDTH = 7.8;
const MARGIN = 20;

const root = join(import.meta.dirname, '..', '..');
const file = join(root, 'docs', 'demo.svg');

const { stdout, status } = spawnSync('npm run -s demo 2>&1', {
  cwd: root,
  shell: true,
  encoding: 'utf8',
});
if (status === 0)
  writeFileSync(file, picture(['$ npm run demo', ...shortened(stdout)].slice(0, -1)));
else process.stderr.write(`The demo failed, so ${file} is unchanged:\n${stdout}`);
process.exitCode = status ?? 1;

function shortened(text: string): string[] {
  const paragraphs = text.trimEnd().split('\n\n');
  const isSql = (paragraph: string): boolean => paragraph.startsWith('    ');
  return paragraphs
    .filter((paragraph) => !isSql(paragraph))
    .flatMap((paragraph) => {
      const lines = paragraph.split('\n');
      const isLong = lines.length > 2 * KEPT + 1;
      const kept = isLong ? [...lines.slice(0, KEPT), '  …', ...lines.slice(-KEPT)] : lines;
      return lines.length === 1 && styleOf(paragraph) !== '' ? kept : [...kept, ''];
    });
}

function picture(lines: readonly string[]): string {
  const width = COLUMNS * CHARACTER_WIDTH + 2 * MARGIN;
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const texts = lines.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
    return `<text x="${MARGIN}" y="${y}"${styleOf(line)}>${escaped(cut(line))}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">The output of npm run demo in a terminal</title>
<style>
text { font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6deeb }
.title { fill: #7fdbca; font-weight: bold }
.log { fill: #8b98a9 }
</style>
<rect width="100%" height="100%" rx="8" fill="#101820"/>
${texts.filter((text) => !text.endsWith('></text>')).join('\n')}
</svg>
`;
}

function styleOf(line: string): string {
  if (/^\d{4}-\d\d-\d\dT/.test(line)) return ' class="log"';
  return line.startsWith('$ ') || /^\S.*:$/.test(line) ? ' class="title"' : '';
}

function cut(line: string): string {
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
}

/** Escapes text for SVG. Spaces become no-break spaces, because SVG collapses ordinary ones. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', '\u00A0');
}
