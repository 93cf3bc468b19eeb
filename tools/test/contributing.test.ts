import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** A file and the function or `Class.method` that it defines. */
type Step = readonly [file: string, name: string];

describe('the pipeline in CONTRIBUTING.md', () => {
  const rows = pipelineRows(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));
  const steps = rows.map(stepOf);

  it('names the entry function of both programs', () => {
    expect(steps).toContainEqual(['packages/tap-exactsales/src/sync.ts', 'sync']);
    expect(steps).toContainEqual(['packages/target-sqlite/src/load.ts', 'load']);
  });

  it.each(steps)('%s defines %s', (file, name) => {
    expect(existsSync(join(root, file)), `${file} exists`).toBe(true);
    const source = readFileSync(join(root, file), 'utf8');
    for (const pattern of definitions(name)) expect(source).toMatch(pattern);
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
  const [, , file = '', name = ''] = row.split('|').map((cell) => cell.trim());
  return [file, name.replaceAll('`', '')];
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
