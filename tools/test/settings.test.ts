import { loadValidator } from '@exact-spotter/singer';
import { program as tap } from '@exact-spotter/tap-exactsales';
import { program as target } from '@exact-spotter/target-sqlite';
import { expect, it } from 'vitest';

// The programs do not validate their own settings schemas, so that they start faster.
it.each([tap, target])('the settings of $name are a valid JSON Schema', async ({ settings }) => {
  const compile = await loadValidator();
  expect(() => compile(settings)).not.toThrow();
});
