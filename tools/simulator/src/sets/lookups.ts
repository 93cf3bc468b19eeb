import type { Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { formatMoment } from '../seed/moment.ts';
import { byKey } from '../seed/ordering.ts';
import { idAt, type World } from '../seed/world.ts';

export const FUNNELS = [6021, 18_877, 24_310] as const;

const stageNames = [
  'Entrada',
  ' Prospecção',
  'Qualificação',
  'Pré-qualificado',
  '  Reunião agendada',
  'Proposta',
  'Negociação',
  'Vendidos',
];
/**
 * Two pairs of names differ only in case, because a misspelled name creates a new source, and
 * sources are never deleted.
 */
const sourceNames = ['Google', 'google', 'Indicação', 'INDICAÇÃO', 'Feira', 'Site', 'LinkedIn'];
const industryNames = ['Saúde', 'Educação', 'Indústria', 'Comércio, varejo', 'Logística', 'Outros'];

export function industries(): Definition {
  return {
    name: 'industries',
    entity: 'IndustryODataDTO',
    properties: { id: 'int', value: 'string', active: 'boolean' },
    count: industryNames.length,
    row: industry,
    key: ['id'],
    orderings: [byKey('id', industryNames.length, (index) => idAt(247_000, index))],
    addedAt: [],
    stamp: (moment) => formatMoment(moment, 'Z'),
  };
}

export function industry(index: number): Row {
  const value = industryNames[index] ?? `Mercado ${index}`;
  return { id: idAt(247_000, index), value, active: index !== 4 };
}

export function stages(): Definition {
  const count = stageNames.length * FUNNELS.length;
  return {
    name: 'stages',
    entity: 'StageODataDTO',
    properties: {
      id: 'int',
      value: 'string',
      active: 'boolean',
      funnelId: 'int',
      position: 'int',
      defaultQuestionnaireId: 'int',
      gateType: 'int',
    },
    count,
    row: stage,
    key: ['id'],
    orderings: [byKey('id', count, (index) => idAt(130_000, index))],
    addedAt: [],
    stamp: (moment) => formatMoment(moment, 'Z'),
  };
}

function stage(index: number): Row {
  const position = index % stageNames.length;
  return {
    id: idAt(130_000, index),
    value: stageName(position),
    active: index % 11 !== 10,
    funnelId: FUNNELS[Math.floor(index / stageNames.length)] ?? FUNNELS[0],
    position,
    defaultQuestionnaireId: index % 3 === 0 ? 4000 + index : null,
    gateType: position === 3 ? 3 : position === 4 ? 2 : null,
  };
}

/** Returns the ID of the stage at a position of a funnel. */
export function stageId(funnelId: number, position: number): number {
  const funnel = Math.max(
    0,
    FUNNELS.findIndex((one) => one === funnelId),
  );
  return idAt(130_000, funnel * stageNames.length + position);
}

export const STAGE_COUNT = stageNames.length;

/** The position of the stage that sold leads are in. */
export const SOLD_STAGE = stageNames.length - 1;

export function stageName(position: number): string {
  return stageNames[position] ?? `Fase ${position}`;
}

export function sources(world: World): Definition {
  const flag = world.shapes.sourceFlags;
  const type = flag === 'text' ? 'string' : flag === 'number' ? 'int' : 'boolean';
  return {
    name: 'Sources',
    entity: 'SourceODataDTO',
    properties: {
      id: 'int',
      value: 'string',
      active: 'boolean',
      default: type,
      type,
      subSources: [{ id: 'int', value: 'string', active: 'boolean' }],
    },
    count: sourceNames.length,
    row: (index) => source(world, index),
    key: ['id'],
    orderings: [byKey('id', sourceNames.length, (index) => idAt(106_000, index))],
    addedAt: [],
    stamp: (moment) => formatMoment(moment, 'Z'),
  };
}

export const SOURCE_COUNT = sourceNames.length;

export function source(world: World, index: number): Row {
  const flag = (value: boolean): unknown =>
    ({ boolean: value, text: String(value), number: Number(value) })[world.shapes.sourceFlags];
  return {
    id: idAt(106_000, index),
    value: sourceNames[index] ?? `Origem ${index}`,
    active: index !== 2,
    default: flag(index === 0),
    type: flag(index % 2 === 0),
    subSources: subSources(index),
  };
}

/** Returns up to four subsources. Some sources have an empty list, and some sources have null. */
export function subSources(index: number): Row[] | null {
  if (index % 7 === 4) return null;
  return Array.from({ length: index % 7 === 3 ? 0 : 1 + (index % 4) }, (_, at) => ({
    id: idAt(137_000, index * 4 + at),
    value: ['Campanha, maio', 'campanha, Maio', 'Orgânico', ' Evento'][at] ?? '',
    active: at !== 1,
  }));
}
