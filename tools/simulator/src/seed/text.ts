import type { Draws } from './random.ts';

const companies = ['Padaria', 'Metalúrgica', 'Clínica', 'Transportes', 'Escola', 'Hotel', 'Café'];
const names = ['Aurora', 'São João', 'Três Irmãos', 'Horizonte', 'do Vale', 'Ipê', "D'Ávila"];
const people = ['Ana', 'João', 'Márcia', 'Caetano', 'Zilda', 'Otávio', 'Inês', 'Raí', 'Conceição'];
const families = ['Souza', "D'Assunção", 'Peçanha', 'Gonçalves', 'Lima', 'Araújo', 'Müller'];

/** Texts that break what is careless with quotes, line ends, commas, blanks or code points. */
const awkward = [
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

export function company(draws: Draws): string {
  return `${draws.pick(companies)} ${draws.pick(names)}`;
}

export function person(draws: Draws): string {
  return draws.pick(people);
}

export function family(draws: Draws): string {
  return draws.pick(families);
}

/** A remark as people write them: mostly plain, at times awkward, seldom as long as the API allows. */
export function remark(draws: Draws): string {
  if (draws.chance(0.002)) return 'muito longo '.repeat(700).slice(0, 7999);
  if (draws.chance(0.3)) return draws.pick(awkward);
  return `Falar com ${person(draws)} sobre ${draws.pick(['preço', 'prazo', 'a proposta'])}.`;
}

export function email(draws: Draws): string {
  const name = person(draws)
    .normalize('NFD')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase();
  return `${name}${draws.below(1000)}@exemplo.com.br`;
}

/** Digits with the country code glued in front. */
export function phone(draws: Draws): string {
  return `55${11 + draws.below(80)}9${digits(draws, 8)}`;
}

/** That many digits, leading zeros and all. */
export function digits(draws: Draws, length: number): string {
  return String(draws.below(10 ** length)).padStart(length, '0');
}

/** Fourteen places: with leading zeros often, with letters as they are given out since 2026 at times. */
export function cnpj(draws: Draws): string {
  if (draws.chance(0.3)) return `00${digits(draws, 12)}`;
  if (draws.chance(0.3)) return `12${draws.pick(['ABC', 'Z0X', 'QW9'])}${digits(draws, 7)}DE`;
  return digits(draws, 14);
}

/** An amount of money with up to two decimals. */
export function money(draws: Draws, most: number): number {
  return draws.below(most * 100) / 100;
}
