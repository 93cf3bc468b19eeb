import { isSelectedByDefault, tableNames } from '@exact-spotter/schema';
import type { Program, SettingSchema } from '@exact-spotter/singer';
import { stringify } from 'yaml';

/** The facts that Meltano and Meltano Hub need in addition to the program's `--about` output. */
export interface PluginFacts {
  readonly label: string;
  readonly keywords: readonly string[];
  /** Web page of the system that the program reads or writes. */
  readonly domainUrl: string;
  /**
   * The member that only this kind of plugin has: `select` for extractors, `dialect` for loaders.
   */
  readonly kindMember: { readonly select: readonly string[] } | { readonly dialect: string };
}

const VARIANT = 'exact-spotter';

export const tapFacts: PluginFacts = {
  label: 'Exact Spotter',
  keywords: ['crm', 'sales', 'pre-sales', 'brazil', 'exact sales', 'rd station'],
  domainUrl: 'https://developers.rdstation.com/spotter',
  kindMember: {
    select: [
      '*.*',
      ...tableNames.filter((name) => !isSelectedByDefault(name)).map((name) => `!${name}.*`),
    ],
  },
};

export const targetFacts: PluginFacts = {
  label: 'SQLite',
  keywords: ['database', 'sqlite'],
  domainUrl: 'https://sqlite.org',
  kindMember: { dialect: 'sqlite' },
};

/**
 * Returns the `plugin.yml` that `meltano add NAME --from-ref plugin.yml` reads. It has no `pip_url`, so
 * Meltano looks for the program on the PATH.
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
    // Meltano Hub has not reviewed the plugin.
    quality: 'unknown',
    executable: name,
    capabilities,
    ...facts.kindMember,
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
 * Meltano's kind for each JSON Schema type. Meltano 4.4.1 fails on a `decimal` from the environment
 * ("Object of type Decimal is not JSON serializable"), so numbers are passed as strings, which the
 * programs convert.
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
