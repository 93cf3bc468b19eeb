import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** A file, the function or `Class.method` that it defines, and the row that it is called from. */
type Step = readonly [file: string, name: string, caller: string];

describe('the pipeline in CONTRIBUTING.md', () => {
  const rows = pipelineRows(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));
  const steps = rows.map(stepOf);

  it('starts both programs at main', () => {
    const starts = steps.filter(([, , caller]) => caller === '');
    expect(starts).toEqual([
      ['packages/tap-exactsales/src/main.ts', 'main', ''],
      ['packages/target-sqlite/src/main.ts', 'main', ''],
    ]);
  });

  it.each(steps)('%s defines %s', (file, name) => {
    expect(existsSync(join(root, file)), `${file} exists`).toBe(true);
    const source = readFileSync(join(root, file), 'utf8');
    for (const pattern of definitions(name)) expect(source).toMatch(pattern);
  });

  const calls = steps.flatMap(([, name, caller], row) =>
    caller === '' ? [] : [{ name, caller, above: steps.slice(0, row) }],
  );

  it.each(calls)('calls $name from the file of a row above, $caller', ({ name, caller, above }) => {
    const [file = ''] = above.findLast(([, other]) => other === caller) ?? [];
    expect(file, `${caller} has a row above`).not.toBe('');
    expect(readFileSync(join(root, file), 'utf8')).toMatch(callOf(name));
  });
});

/** Returns the rows of the table under "The pipeline", without its header. */
function pipelineRows(page: string): string[] {
  const [, section = ''] = /^## The pipeline$(.*?)^## /ms.exec(page) ?? [];
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
}

function stepOf(row: string): Step {
  const cells = row.split('|').map((cell) => cell.trim());
  const [, , file = '', name = '', caller = ''] = cells;
  return [file, name.replaceAll('`', ''), caller.replaceAll('`', '')];
}

/** Returns a pattern that matches a call of a function or method, but not its definition. */
function callOf(name: string): RegExp {
  const [owner = '', method] = name.split('.');
  return method === undefined
    ? new RegExp(String.raw`(?<!function\*? )\b${owner}\(`)
    : new RegExp(String.raw`\.${method}\(`);
}

/**
 * Returns patterns that match the source of an exported function or of a class and its public
 * method.
 */
function definitions(name: string): RegExp[] {
  const [owner = '', method] = name.split('.');
  if (method === undefined) {
    return [new RegExp(`^export (?:async )?(?:function\\*? ${owner}\\b|const ${owner} = )`, 'm')];
  }
  return [
    new RegExp(`^export class ${owner}\\b`, 'm'),
    new RegExp(`^  (?:async )?\\*?${method}[(<]`, 'm'),
  ];
}
