import { join } from 'node:path';
import { program as tap } from '@exact-spotter/tap-exactsales';
import { program as target } from '@exact-spotter/target-sqlite';
import { derivedTexts } from './derived-texts.ts';
import { checkDerived, writeDerived } from './files.ts';

/**
 * Writes all derived texts. With `--check`, writes nothing and reports each file that is out of date.
 * Exits with 1 if there is a problem.
 */
const root = join(import.meta.dirname, '..', '..', '..');
const texts = derivedTexts({ tap, target });
const problems = process.argv.includes('--check')
  ? await checkDerived(root, texts)
  : await writeDerived(root, texts);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
