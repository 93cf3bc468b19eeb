import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { formatMoment } from '../seed/moment.ts';
import { byKey, type Key } from '../seed/ordering.ts';
import { idAt, type World } from '../seed/world.ts';
import { FUNNELS } from './lookups.ts';
import { anyUser, groupNames } from './users.ts';

/**
 * Describes the lists that administrators maintain. The API does not document most of these sets.
 */
export function catalogues(world: World): Definition[] {
  return [
    funnels(),
    products(),
    taskTypes(),
    discardReasons(),
    customFieldCatalogue(),
    groups(world),
  ];
}

interface Catalogue {
  readonly name: string;
  readonly entity: string;
  readonly properties: Properties;
  readonly count: number;
  readonly row: (index: number) => Row;
  /** The member that identifies a row (default: `id`). It must grow with the index. */
  readonly key?: string;
}

function catalogue({ key = 'id', ...set }: Catalogue): Definition {
  const keyAt = (index: number): Key => {
    const value = set.row(index)[key];
    return typeof value === 'number' ? value : String(value);
  };
  return {
    ...set,
    key: [key],
    orderings: [byKey(key, set.count, keyAt)],
    addedAt: [],
    stamp: (moment) => formatMoment(moment, 'Z'),
  };
}

function funnels(): Definition {
  const names = ['Pré-vendas', ' Outbound', 'Funil pessoal, Ana'];
  return catalogue({
    name: 'Funnels',
    entity: 'FunnelODataDTO',
    properties: { id: 'int', value: 'string', active: 'boolean' },
    count: FUNNELS.length,
    row: (index) => ({
      id: FUNNELS[index] ?? idAt(30_000, index),
      value: names[index] ?? `Funil ${index}`,
      active: index !== 2,
    }),
  });
}

const productNames = ['Plano anual', 'Implantação', 'Licença "extra"', ' Suporte', 'Treinamento'];

export const PRODUCT_COUNT = productNames.length;

export function product(index: number): Row {
  return {
    id: idAt(30_200, index),
    name: productNames[index] ?? `Produto ${index}`,
    description: [null, 'Doze meses; renova sozinho', ''][index % 3],
  };
}

function products(): Definition {
  return catalogue({
    name: 'products',
    entity: 'ProductODataDTO',
    properties: { id: 'int', name: 'string', description: 'string' },
    count: PRODUCT_COUNT,
    row: product,
  });
}

const taskTypeNames = ['Retorno', 'Verificar disponibilidade', 'Enviar e-mail', 'Continuar filtro'];

/** The number of task types, whose IDs start at 1. */
export const TASK_TYPE_COUNT = 6;

function taskTypes(): Definition {
  return catalogue({
    name: 'TasksType',
    entity: 'TaskTypeODataDTO',
    properties: { id: 'int', value: 'string' },
    count: TASK_TYPE_COUNT,
    row: (index) => ({ id: index + 1, value: taskTypeNames[index] ?? `Outros ${index}` }),
  });
}

export const discardReasonNames = ['Sem orçamento', 'Não responde', 'Comprou "do outro"'] as const;

function discardReasons(): Definition {
  return catalogue({
    name: 'discardReasons',
    entity: 'DiscardReasonODataDTO',
    properties: { id: 'int', value: 'string', active: 'boolean' },
    count: discardReasonNames.length,
    row: (index) => ({
      id: idAt(5100, index),
      value: discardReasonNames[index] ?? `Motivo ${index}`,
      active: index !== 1,
    }),
  });
}

/** The keys of custom fields, in ascending order, so that a lead's fields are sorted by key. */
export const fieldKeys = ['_canais', '_obs', '_persona', '_tamanho'];

const fieldOptions: Readonly<Record<string, readonly string[]>> = {
  _canais: ['E-mail', 'Telefone, fixo', 'Feira "Sul"'],
  _persona: ['Decisor', 'Usuário'],
};

/** The options that users may choose in a field. */
export function optionsOf(key: string): readonly string[] {
  return fieldOptions[key] ?? [];
}

/** The type of a field, as the API writes it. */
export function typeOfField(key: string): string {
  return { _canais: 'MultiplaEscolha', _persona: 'EscolhaUnica' }[key] ?? 'Texto';
}

function customFieldCatalogue(): Definition {
  return catalogue({
    name: 'customFields',
    entity: 'CustomFieldODataDTO',
    properties: {
      ...{ key: 'string', name: 'string', type: 'string', active: 'boolean' },
      options: [{ id: 'int', value: 'string' }],
    },
    count: fieldKeys.length,
    key: 'key',
    row: (index) => {
      const key = fieldKeys[index] ?? `_z${String(index).padStart(6, '0')}`;
      const options = optionsOf(key).map((value, at) => ({ id: 10 * index + at, value }));
      return {
        ...{ key, name: `Campo ${key.slice(1)}`, type: typeOfField(key), active: index !== 3 },
        options: options.length === 0 && index % 2 === 1 ? null : options,
      };
    },
  });
}

function groups(world: World): Definition {
  const names = [...groupNames, 'Sem usuários'].sort();
  return catalogue({
    name: 'Groups',
    entity: 'GroupODataDTO',
    properties: { id: 'int', name: 'string', users: ['string'] },
    count: names.length,
    key: 'name',
    row: (index) => {
      const random = world.random('Groups', index);
      const users = Array.from({ length: 1 + random.below(3) }, () =>
        anyUser(world, 'sdrs', random),
      );
      const name = names[index] ?? `Turma ${index}`;
      return {
        id: 31 + index,
        name,
        users: name === 'Sem usuários' ? [] : users.map(({ email }) => email),
      };
    },
  });
}
