import { join } from 'node:path';
import { program as tap } from '@exact-spotter/tap-exactsales';
import { program as target } from '@exact-spotter/target-sqlite';
import { derivedTexts } from './derived-texts.ts';
import { checkDerived, writeDerived } from './files.ts';

/**
 * Writes every text that follows from the tables and the settings; with `--check` writes nothing
 * and names each file that differs. Exits 1 where something is not as it should be.
 */
const root = join(import.meta.dirname, '..', '..', '..');
const texts = derivedTexts({ tap, target });
const faults = process.argv.includes('--check')
  ? await checkDerived(root, texts)
  : await writeDerived(root, texts);

for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
