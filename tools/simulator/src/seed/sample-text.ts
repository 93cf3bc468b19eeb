import type { Random } from './random.ts';

const businesses = ['Padaria', 'Metalúrgica', 'Clínica', 'Transportes', 'Escola', 'Hotel', 'Café'];
const businessNames = [
  'Aurora',
  'São João',
  'Três Irmãos',
  'Horizonte',
  'do Vale',
  'Ipê',
  "D'Ávila",
];
const firstNames = [
  'Ana',
  'João',
  'Márcia',
  'Caetano',
  'Zilda',
  'Otávio',
  'Inês',
  'Raí',
  'Conceição',
];
const lastNames = ['Souza', "D'Assunção", 'Peçanha', 'Gonçalves', 'Lima', 'Araújo', 'Müller'];

/** Strings that break code which mishandles quotes, line breaks, commas, spaces or code points. */
const awkwardTexts = [
  'disse: "quero já" e desligou',
  "o dono é o João d'Água; --",
  'primeira linha\nsegunda linha\r\nterceira',
  '  espaços em volta  ',
  'tab\te barra \\ e \\n que não é quebra',
  'Ótimo 👍🏽 família 👩‍👩‍👧 𝒜',
  '00123',
  'a, b, c',
  '{"json": ["dentro"]}',
  'linha\u2028separada\u00a0e acento decomposto: a\u0301',
  '',
  'null',
  '<b>negrito</b> &amp; 100% + ? = #',
];

/** How likely a lead is to buy, from very hot to frozen, as the API writes it. */
export const temperatures = ['Muito Quente', 'Quente', 'Morno', 'Frio', 'Congelado'] as const;

export function companyName(random: Random): string {
  return `${random.pick(businesses)} ${random.pick(businessNames)}`;
}

export function firstName(random: Random): string {
  return random.pick(firstNames);
}

export function lastName(random: Random): string {
  return random.pick(lastNames);
}

/** Returns a remark as users type it, often with awkward text and rarely of the maximum length. */
export function remark(random: Random): string {
  if (random.chance(0.002)) return 'muito longo '.repeat(700).slice(0, 7999);
  if (random.chance(0.3)) return random.pick(awkwardTexts);
  return `Falar com ${firstName(random)} sobre ${random.pick(['preço', 'prazo', 'a proposta'])}.`;
}

export function email(random: Random): string {
  const name = firstName(random)
    .normalize('NFD')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase();
  return `${name}${random.below(1000)}@exemplo.com.br`;
}

/** Returns a phone number: only digits, starting with the country code. */
export function phone(random: Random): string {
  return `55${11 + random.below(80)}9${digits(random, 8)}`;
}

/** Returns a string of `length` digits, possibly with leading zeros. */
export function digits(random: Random, length: number): string {
  return String(random.below(10 ** length)).padStart(length, '0');
}

/**
 * Returns 14 characters. Some CNPJs have leading zeros; some have letters, as issued since 2026.
 */
export function cnpj(random: Random): string {
  if (random.chance(0.3)) return `00${digits(random, 12)}`;
  if (random.chance(0.3)) return `12${random.pick(['ABC', 'Z0X', 'QW9'])}${digits(random, 7)}DE`;
  return digits(random, 14);
}

/** Returns an amount below `limit` with up to two decimals. */
export function money(random: Random, limit: number): number {
  return random.below(limit * 100) / 100;
}
