import type { Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { noDates, type Moment } from '../seed/moment.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { email, phone, remark } from '../seed/sample-text.ts';
import { idAt, type World } from '../seed/world.ts';
import { pastTimes } from './history.ts';
import { leadFacts, leadId } from './leads.ts';
import { stageName, STAGE_COUNT } from './lookups.ts';

/** Describes the calls. Two calls may start at the same moment. */
export function callsHistory(world: World): Definition {
  const perLead = new RowsPerLead([2, 4, 0, 1, 3], world.leads);
  const times = pastTimes(world, 'callsHistory', perLead.total, 2);
  const strings = [
    ...['audio', 'called', 'caller', 'description', 'leadName', 'result', 'stage'],
    ...['userEmail', 'userName'],
  ];
  return {
    name: 'callsHistory',
    entity: 'CallHistoryODataDTO',
    properties: {
      id: 'int',
      leadId: 'int',
      funnelId: 'int',
      callAnswered: 'boolean',
      manualSet: 'boolean',
      startDate: 'instant',
      endDate: 'instant',
      price: 'number',
      talkingDurationSeconds: 'int',
      ...Object.fromEntries(strings.map((name) => [name, 'string' as const])),
    },
    count: perLead.total,
    row: (index) => call(world, index, perLead.ownerOf(index).lead, times.moment(index)),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => idAt(33_000_000, index)),
      byTime('startDate', times, (moment) => world.date(moment), ['id']),
    ],
    addedAt: ['startDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function call(world: World, index: number, lead: number, begin: Moment): Row {
  const random = world.random('callsHistory', index);
  const { lead: leadName, funnelId } = leadFacts(world, lead);
  const seconds = random.below(900);
  const answered = random.chance(0.6);
  const end = { ms: begin.ms + seconds * 1000, fraction: begin.fraction };
  return {
    id: idAt(33_000_000, index),
    leadId: leadId(lead),
    leadName,
    funnelId,
    callAnswered: answered,
    manualSet: random.chance(0.2),
    startDate: world.date(begin),
    endDate: answered ? world.date(end) : random.chance(0.2) ? random.pick(noDates) : null,
    talkingDurationSeconds: answered ? seconds : null,
    audio: answered ? `https://gravacoes.exemplo.com.br/${index}.mp3?a=1&b=2` : null,
    called: phone(random),
    caller: random.pick(['0800', '5511900000001', '+55 11 4000-0000']),
    description: random.orNull(0.5, () => remark(random)),
    price: random.orNull(0.3, () => random.below(5000) / 1000),
    result: random.pick(['Atendeu', 'Não atendeu', 'Caixa postal', null]),
    stage: stageName(random.below(STAGE_COUNT)),
    userEmail: email(random),
    userName: 'Operadora',
  };
}
