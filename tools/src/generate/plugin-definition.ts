import type { Program, SettingSchema } from '@exact-spotter/singer';
import { stringify } from 'yaml';

/** What Meltano and its hub want to know beside what the program says of itself. */
export interface PluginFacts {
  readonly label: string;
  readonly keywords: readonly string[];
  /** The page of what the program reads or writes. */
  readonly domainUrl: string;
  /** Members that only an extractor, or only a loader, has. */
  readonly ofItsKind: { readonly select: readonly string[] } | { readonly dialect: string };
}

const VARIANT = 'exact-spotter';

export const tapFacts: PluginFacts = {
  label: 'Exact Spotter',
  keywords: ['crm', 'sales', 'pre-sales', 'brazil', 'exact sales', 'rd station'],
  domainUrl: 'https://developers.rdstation.com/spotter',
  ofItsKind: { select: ['*.*'] },
};

export const targetFacts: PluginFacts = {
  label: 'SQLite',
  keywords: ['database', 'sqlite'],
  domainUrl: 'https://sqlite.org',
  ofItsKind: { dialect: 'sqlite' },
};

/**
 * The YAML of a `plugin.yml`, as `meltano add NAME --from-ref plugin.yml` reads it. It has no
 * `pip_url`, so the program is looked for on the PATH.
 */
export function pluginDefinition(program: Program, facts: PluginFacts): string {
  const { name, description, capabilities, settings } = program;
  return stringify({
    name,
    namespace: name.replaceAll('-', '_'),
    variant: VARIANT,
    label: facts.label,
    description,
    domain_url: facts.domainUrl,
    keywords: facts.keywords,
    maintenance_status: 'active',
    // Nobody at the Hub has looked at it yet.
    quality: 'unknown',
    executable: name,
    capabilities,
    ...facts.ofItsKind,
    settings: Object.entries(settings.properties).map(([setting, schema]) => ({
      name: setting,
      ...settingDefinition(schema),
    })),
    settings_group_validation: [settings.required ?? []],
  });
}

function settingDefinition(schema: SettingSchema): object {
  return {
    label: schema.title,
    kind: settingKind(schema),
    ...(hasOptions(schema) && {
      options: schema.enum.map((value) => ({ label: String(value), value })),
    }),
    ...(schema.default !== undefined && { value: schema.default }),
    ...(schema['x-secret'] === true && { sensitive: true }),
    description: schema.description,
  };
}

/**
 * JSON Schema's types in Meltano's words. It has a kind for fractions, `decimal`, but fails on one
 * that comes from its environment: "Object of type Decimal is not JSON serializable" (4.4.1). As
 * text they arrive, and the programs take them for what they are.
 */
const KINDS: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  integer: 'integer',
  number: 'string',
  string: 'string',
  array: 'array',
  object: 'object',
};

function settingKind(schema: SettingSchema): string {
  if (schema['x-kind'] !== undefined) return schema['x-kind'];
  if (hasOptions(schema)) return 'options';
  const type = [schema.type].flat().find((name) => name !== 'null') ?? 'string';
  return KINDS[type] ?? 'string';
}

function hasOptions(schema: SettingSchema): schema is SettingSchema & { enum: unknown[] } {
  return Array.isArray(schema['enum']);
}
