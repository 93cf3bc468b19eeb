import { environmentPrefix } from '../log.ts';
import type { Program, SettingSchema } from './resolve-settings.ts';

export const ABOUT_FORMATS = ['text', 'json', 'markdown'] as const;
export type AboutFormat = (typeof ABOUT_FORMATS)[number];

/**
 * Returns the output of `--about`, including a final line end. The JSON output has the same keys as
 * in the Singer SDK.
 */
export function about(program: Program, format: AboutFormat): string {
  if (format === 'json') return aboutJson(program);
  if (format === 'markdown') return aboutMarkdown(program);
  return aboutText(program);
}

function aboutJson({ name, description, version, capabilities, settings }: Program): string {
  const properties = Object.fromEntries(
    Object.entries(settings.properties).map(([setting, schema]) => [setting, asInSdk(schema)]),
  );
  const about = { name, description, version, capabilities, settings: { ...settings, properties } };
  return `${JSON.stringify(about, null, 2)}\n`;
}

/** Marks a secret with the keywords of the Singer SDK, so that other programs know not to show it. */
function asInSdk({ 'x-secret': isSecret, ...schema }: SettingSchema): object {
  return isSecret === true ? { ...schema, secret: true, writeOnly: true } : schema;
}

function aboutMarkdown(program: Program): string {
  const capabilities = program.capabilities.map((name) => `- \`${name}\``).join('\n');
  return `# ${program.name}

${program.description}

Version ${program.version}

## Capabilities

${capabilities}

## Settings

${settingsTable(program)}`;
}

function aboutText(program: Program): string {
  const settings = Object.entries(program.settings.properties).map(
    ([name, schema]) =>
      `  ${name} (${typeName(schema)}, ${defaultText(program, name)})\n    ${schema.description}\n`,
  );
  return `${program.name} ${program.version}
${program.description}

Capabilities: ${program.capabilities.join(', ')}

Settings (in a JSON file given with --config, or as ${environmentPrefix(program.name)}<SETTING> with --config=ENV):
${settings.join('')}`;
}

/**
 * Returns the settings as a Markdown table for `--about` and the README, including a final line
 * end.
 */
export function settingsTable(program: Program): string {
  const rows = Object.entries(program.settings.properties).map(
    ([name, schema]) =>
      `| \`${name}\` | ${typeName(schema)} | ${defaultText(program, name)} | ${schema.description.replaceAll('|', '\\|')} |\n`,
  );
  return `| setting | type | default | what it does |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function typeName({ type }: SettingSchema): string {
  return [type].flat().join(' or ');
}

function defaultText({ settings }: Program, name: string): string {
  if (settings.required?.includes(name)) return 'required';
  const value = settings.properties[name]?.default;
  if (value === undefined) return 'none';
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
