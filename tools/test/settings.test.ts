import { loadValidator } from '@exact-spotter/singer';
import { program as tap } from '@exact-spotter/tap-exactsales';
import { program as target } from '@exact-spotter/target-sqlite';
import { expect, it } from 'vitest';

// A program trusts the schema of its own settings, to start sooner: this is where it is checked.
it.each([tap, target])('the settings of $name are a JSON Schema', async ({ settings }) => {
  const compile = await loadValidator();
  expect(() => compile(settings)).not.toThrow();
});
