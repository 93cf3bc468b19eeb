import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const path = ['test-data', 'meltano-postgres', 'meltano.yml'];

/** The project that the tests run, as a page shows it. */
export function meltanoProject(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', ...path), 'utf8');
  return `\`\`\`yaml\n${text}\`\`\``;
}
