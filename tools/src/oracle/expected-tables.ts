import { at, fieldValue, number, text, type Cell } from './cells.ts';
import {
  c,
  ck,
  d,
  dk,
  f,
  i,
  l,
  t,
  user,
  w,
  y,
  z,
  type Expectation,
  type Read,
  type Wire,
} from './readers.ts';

/*
 * The expected contents of the tables for an account. This code is independent of the tap, so tests
 * compare two interpretations of the specification.
 */

type Row = Readonly<Record<string, Cell>>;

interface Account {
  rows(set: string): readonly object[];
}

/** The tables that are selected by default. */
export const expectations: Readonly<Record<string, Expectation>> = {
  meetings: {
    set: 'Meetings',
    columns: {
      id: i('id'),
      finaltime: w('finalTime'),
      lead_id: z('lead.id'),
      lead_name: t('lead.name'),
      managerdescription: t('managerDescription'),
      meetingdate: y('meetingDate'),
      meetingtype: t('meetingType'),
      reference: t('reference'),
      qualificationdate: d('qualificationDate'),
      registerdate: d('registerDate'),
      salesrep_email: t('salesRep.email'),
      salesrep_id: i('salesRep.id'),
      score: t('score'),
      sdrdescription: t('sdrDescription'),
      starttime: w('startTime'),
      type: t('type'),
      user_active: f('user.active'),
      user_email: t('user.email'),
      user_grouplist: l('user.groupList'),
      user_id: i('user.id'),
      user_lastname: t('user.lastName'),
      user_name: t('user.name'),
      user_phone: t('user.phone'),
      user_phone2: t('user.phone2'),
    },
  },
  tasks: {
    set: 'Tasks',
    columns: {
      id: i('id'),
      activitytypeid: i('activityTypeId'),
      duedate: d('dueDate'),
      leadid: z('leadId'),
      note: t('note'),
      sdr_email: t('sdr.email'),
      sdr_id: i('sdr.id'),
      status: t('status'),
      timenotification: t('timeNotification'),
      title: t('title'),
      useremail: t('userEmail'),
    },
  },
  tasks__contacts: {
    set: 'Tasks',
    array: 'contacts',
    fromParent: { task_id: i('id') },
    columns: { contacts_email: t('email'), contacts_id: i('id') },
  },
  boxes: {
    set: 'Boxes',
    columns: {
      id: i('id'),
      address: t('address'),
      description: t('description'),
      end: w('end'),
      leadid: z('leadId'),
      salesrep: t('salesRep'),
      salesrepemail: t('salesRepEmail'),
      start: w('start'),
      status: t('status'),
      typemeeting: t('typeMeeting'),
    },
  },
  leadstages: {
    set: 'LeadStages',
    columns: {
      lead_id: i('leadId'),
      origin_stage: t('originStage'),
      destination_stage: t('destinationStage'),
      created_at: dk('createdAt'),
      cycle: i('cycle'),
      discarded_stage: t('discardedStage'),
      discard_date: d('discardDate'),
      origin_funnel_id: t('originFunnelId'),
      destination_funnel_id: t('destinationFunnelId'),
    },
  },
  stages: {
    set: 'stages',
    columns: {
      id: i('id'),
      active: f('active'),
      funnel_id: t('funnelId'),
      position: i('position'),
      default_questionnaire_id: i('defaultQuestionnaireId'),
      gate_type: i('gateType'),
      value: t('value'),
    },
  },
  leads: {
    set: 'Leads',
    columns: {
      id: i('id'),
      closing_forecast_date: c('closingForecastDate'),
      cep: t('cep'),
      city: t('city'),
      cnpj: t('cnpj'),
      complement: t('complement'),
      country: t('country'),
      cpf: t('cpf'),
      description: t('description'),
      district: t('district'),
      industry_id: i('industry.id'),
      industry_value: t('industry.value'),
      integrationid: t('integrationId'),
      lead: t('lead'),
      leadproduct: t('leadProduct'),
      organization_id: t('organizationId'),
      mktlink: t('mktLink'),
      number: t('number'),
      phone1: t('phone1'),
      phone2: t('phone2'),
      publiclink: t('publicLink'),
      registerdate: d('registerDate'),
      salesrep_email: t('salesRep.email'),
      salesrep_id: i('salesRep.id'),
      sdr_email: t('sdr.email'),
      sdr_id: i('sdr.id'),
      source_id: i('source.id'),
      source_value: t('source.value'),
      stage: t('stage'),
      funnel_id: t('funnelId'),
      state: t('state'),
      street: t('street'),
      subsource_id: i('subSource.id'),
      subsource_value: t('subSource.value'),
      updatedate: d('updateDate'),
      telephones: l('telephones'),
      website: t('website'),
    },
  },
  losts: {
    set: 'Losts',
    columns: {
      lead_id: i('leadId'),
      funnel_id: t('funnelId'),
      reason: t('reason'),
      stage: t('stage'),
      date: ck('date'),
    },
  },
  leadssold: {
    set: 'LeadsSold',
    columns: {
      id: i('id'),
      cycle: i('cycle'),
      leadid: z('leadId'),
      presales_email: t('preSales.email'),
      saledate: c('saleDate'),
      salestage: t('saleStage'),
      salesrep_email: t('salesRep.email'),
      salesrep_lastname: t('salesRep.lastName'),
      salesrep_name: t('salesRep.name'),
      totaldealvalue: i('totalDealValue'),
    },
  },
  leadssold__products: {
    set: 'LeadsSold',
    array: 'products',
    positioned: true,
    fromParent: { leadssold_id: i('id') },
    columns: {
      products_discountamount: i('discountAmount'),
      products_discounttype: t('discountType'),
      products_finalvalue: i('finalValue'),
      products_fullvalue: i('fullValue'),
      products_id: i('id'),
      products_individualvalue: i('individualValue'),
      products_name: t('name'),
      products_quantity: i('quantity'),
    },
  },
  leadscustomfields: {
    set: 'LeadsCustomFields',
    columns: {
      leadid: i('leadId'),
      field_id: t('id'),
      value: (row) => fieldValue(at(row, 'options'), at(row, 'value')),
      updatedate: d('updateDate'),
    },
  },
  leadspersons: {
    set: 'LeadsAndPersons',
    columns: {
      id: i('id'),
      funnel_id: t('funnelId'),
      lead: t('lead'),
      updatedate: d('updateDate'),
    },
  },
  leadspersons__persons: {
    set: 'LeadsAndPersons',
    array: 'persons',
    fromParent: { lead_id: i('id') },
    columns: {
      persons_email: t('email'),
      persons_id: i('id'),
      persons_idmessagingplatform: (row) =>
        t('idMessagingPlatform' in row ? 'idMessagingPlatform' : 'idMessagingPlataform')(row),
      persons_jobtitle: t('jobTitle'),
      persons_maincontact: f('mainContact'),
      persons_messagingplatform: t('messagingPlatform'),
      persons_name: t('name'),
      persons_phone1: t('phone1'),
      persons_phone2: t('phone2'),
    },
  },
  painpoints: {
    set: 'painPoints',
    columns: {
      leadid: i('leadId'),
      painpoint_id: (row) =>
        number(at(row, 'painPointId') ?? at(row, 'painPoint.id') ?? at(row, 'id')),
      value: (row) => text(at(row, 'value') ?? at(row, 'painPoint.value')),
    },
  },
  qualifications: {
    set: 'QualificationHistories',
    columns: {
      leadid: i('leadId'),
      funnel_id: t('funnelId'),
      qualificationdate: dk('qualificationDate'),
      score: t('score'),
      stage: t('stage'),
      cycle: i('cycle'),
      originstage: t('originStage'),
      points: i('points'),
      stage_id: i('stageId'),
      useraction_email: t('userAction.email'),
      useraction_id: i('userAction.id'),
      useraction_name: t('userAction.name'),
    },
  },
  qualifications__questionAnswers: {
    set: 'QualificationHistories',
    array: 'questionAnswers',
    positioned: true,
    fromParent: { leadid: i('leadId'), qualificationdate: dk('qualificationDate') },
    columns: {
      questionanswers_answers: l('answers'),
      questionanswers_question: t('question'),
      questionanswers_questionid: (row) => number(at(row, 'questionId') ?? at(row, 'questionID')),
    },
  },
  callshistory: {
    set: 'callsHistory',
    columns: {
      id: i('id'),
      audio: t('audio'),
      callanswered: f('callAnswered'),
      called: t('called'),
      caller: t('caller'),
      description: t('description'),
      enddate: d('endDate'),
      leadid: z('leadId'),
      funnel_id: t('funnelId'),
      leadname: t('leadName'),
      manualset: f('manualSet'),
      price: i('price'),
      result: t('result'),
      stage: t('stage'),
      startdate: d('startDate'),
      talkingdurationseconds: i('talkingDurationSeconds'),
      useremail: t('userEmail'),
    },
  },
  industries: {
    set: 'industries',
    columns: { id: i('id'), active: f('active'), value: t('value') },
  },
  sources: {
    set: 'Sources',
    columns: {
      id: i('id'),
      active: f('active'),
      default: f('default'),
      type: f('type'),
      value: t('value'),
    },
  },
  sources__subSources: {
    set: 'Sources',
    array: 'subSources',
    fromParent: { source_id: i('id') },
    columns: {
      subsources_active: f('active'),
      subsources_id: i('id'),
      subsources_value: t('value'),
    },
  },
  sdrs: { set: 'sdrs', columns: user },
  sellers: { set: 'sellers', columns: user },
  funnels: {
    set: 'Funnels',
    columns: { id: t('id'), active: f('active'), value: t('value') },
  },
};

/** The tables that are selected only on request. */
export const optionalExpectations: Readonly<Record<string, Expectation>> = {
  customfields: {
    set: 'customFields',
    columns: { key: t('key'), active: f('active'), name: t('name'), type: t('type') },
  },
  customfields__options: {
    set: 'customFields',
    array: 'options',
    positioned: true,
    fromParent: { customfields_key: t('key') },
    columns: { options_id: t('id'), options_value: t('value') },
  },
  discardreasons: {
    set: 'discardReasons',
    columns: { id: i('id'), active: f('active'), value: t('value') },
  },
  groups: {
    set: 'Groups',
    columns: { name: t('name'), id: t('id'), users: l('users') },
  },
  pendingfeedbacks: {
    set: 'PendingFeedbacks',
    columns: {
      meetingid: i('meetingId'),
      date: d('date'),
      leadid: z('leadId'),
      leadname: t('leadName'),
      sellerid: i('sellerId'),
      sellerlastname: t('sellerLastName'),
      sellername: t('sellerName'),
      stageid: i('stageId'),
      stagename: t('stageName'),
    },
  },
  products: {
    set: 'products',
    columns: { id: i('id'), description: t('description'), name: t('name') },
  },
  recommendedproducts: {
    set: 'recommendedProducts',
    columns: {
      leadid: i('leadId'),
      productid: i('productId'),
      amount: i('amount'),
      discounttype: t('descountType'),
      discountvalue: i('descountValue'),
      labelvalue: i('labelValue'),
      quantity: i('quantity'),
    },
  },
  taskstypes: { set: 'TasksType', columns: { id: i('id'), value: t('value') } },
  transferhistory: {
    set: 'transferHistory',
    columns: {
      leadid: i('leadId'),
      createdat: dk('createdAt'),
      destinationuserid: i('destinationUserId'),
      originuserid: i('originUserId'),
    },
  },
  users: { set: 'Users', columns: user },
};

/** Returns the columns of a table that come from the account, sorted by name. */
export function columnsOf(table: string): string[] {
  const { columns, fromParent = {}, positioned } = expectationOf(table);
  const names = [...Object.keys(fromParent), ...Object.keys(columns)];
  return [...names, ...(positioned ? ['position'] : [])].sort();
}

/** Returns the rows that a table must currently contain, in any order. */
export function expectedRows(table: string, account: Account): Row[] {
  const expectation = expectationOf(table);
  const rows = account.rows(expectation.set) as readonly Wire[];
  return rows.flatMap((row) =>
    expectation.array === undefined ? [read(row, expectation.columns)] : children(row, expectation),
  );
}

function expectationOf(table: string): Expectation {
  const expectation = expectations[table] ?? optionalExpectations[table];
  if (!expectation) throw new Error(`no expectation for the table ${table}`);
  return expectation;
}

function children(
  parent: Wire,
  { array = '', fromParent = {}, columns, positioned }: Expectation,
): Row[] {
  const elements = (at(parent, array) ?? []) as readonly Wire[];
  return elements.map((element, position) => ({
    ...read(parent, fromParent),
    ...read(element, columns),
    ...(positioned && { position }),
  }));
}

function read(row: Wire, columns: Readonly<Record<string, Read>>): Row {
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, value(row)]));
}
