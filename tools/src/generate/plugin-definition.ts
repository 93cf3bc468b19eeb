import type { Program, SettingSchema } from '@exact-spotter/singer';
import { stringify } from 'yaml';

/** What Meltano wants to know beside what the program says of itself. */
export interface PluginFacts {
  readonly kind: 'extractor' | 'loader';
  readonly label: string;
  readonly repo: string;
  readonly keywords: readonly string[];
  /** Sets of settings, each of which is enough to start. */
  readonly settingsGroups: readonly (readonly string[])[];
}

const VARIANT = 'exact-spotter';

/**
 * The text of a `plugin.yml`, as `meltano add NAME --from-ref plugin.yml` reads it. The program is
 * found on the PATH.
 */
export function pluginDefinition(program: Program, facts: PluginFacts): string {
  const { name, description, capabilities } = program;
  return stringify(
    {
      name,
      namespace: name.replaceAll('-', '_'),
      variant: VARIANT,
      label: facts.label,
      description,
      repo: facts.repo,
      keywords: facts.keywords,
      maintenance_status: 'active',
      executable: name,
      capabilities,
      ...(facts.kind === 'extractor' ? { select: ['*.*'] } : { dialect: 'sqlite' }),
      settings: Object.entries(program.settings.properties).map(([setting, schema]) => ({
        name: setting,
        ...settingDefinition(schema),
      })),
      settings_group_validation: facts.settingsGroups,
    },
    { lineWidth: 100 },
  );
}

function settingDefinition(schema: SettingSchema): object {
  const options = schema['enum'] as readonly string[] | undefined;
  return {
    label: schema.title,
    kind: settingKind(schema),
    ...(options && { options: options.map((value) => ({ label: value, value })) }),
    ...(schema.default !== undefined && { value: schema.default }),
    ...(schema['x-secret'] === true && { sensitive: true }),
    description: schema.description,
  };
}

/** JSON Schema's types in Meltano's words. */
const KINDS: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  integer: 'integer',
  number: 'decimal',
  string: 'string',
  array: 'array',
  object: 'object',
};

function settingKind(schema: SettingSchema): string {
  if (schema['x-kind'] !== undefined) return schema['x-kind'];
  if (schema['x-secret'] === true) return 'password';
  if (schema['enum'] !== undefined) return 'options';
  const [type = 'string'] = [schema.type].flat();
  return KINDS[type] ?? 'string';
}
