import type { JsonSchema } from './messages.ts';

/** One setting: a JSON Schema, with `x-secret` for what may never be shown. */
export interface SettingSchema extends JsonSchema {
  readonly type: string | readonly string[];
  readonly title: string;
  readonly description: string;
  readonly default?: unknown;
  readonly 'x-secret'?: boolean;
  /** Meltano's kind, where the type does not tell it: `file`, `date_iso8601`, `options`, … */
  readonly 'x-kind'?: string;
}

/** All settings of a program; validation, `--about`, the docs and the Meltano definition come of it. */
export interface SettingsSchema extends JsonSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
}

/** What a tap or a target says of itself. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Meltano's names, only of what works. */
  readonly capabilities: readonly string[];
  readonly settings: SettingsSchema;
}
