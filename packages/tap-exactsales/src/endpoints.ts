import type { TableName } from '@exact-spotter/schema';

/**
 * Where to find a column's value in an API object: a dotted path (default: the column name), or
 * several paths, tried in order until one has a non-null value.
 */
type Source = string | readonly string[];

type Columns = Readonly<Record<string, Source>>;

/**
 * How to read a date from the API.
 * `utc`: an audit column, which is in UTC with or without a suffix.
 * `wall`: the start or end of a meeting or box, which is the account's wall-clock time regardless
 * of its suffix (the `Z` of a box has no meaning).
 * `picked`: a day that a person picked, which is never shifted, regardless of its suffix.
 * `zoned`: a date without a documented zone, which is read in the zone of its suffix, or in the
 * account's time zone if it has no suffix.
 */
export type Clock = 'utc' | 'wall' | 'picked' | 'zoned';

/** A date column that the server can filter by, and the form of its filter literal. */
export interface DateColumn {
  readonly column: string;
  readonly member: string;
  /**
   * `instant`: unquoted, in UTC. `wall`: unquoted wall-clock time with a meaningless Z. `text`:
   * quoted wall-clock time.
   */
  readonly literal: 'instant' | 'wall' | 'text';
  /** True if the API is known to have rows without this date. */
  readonly isOptional?: true;
}

/** A table whose rows are the elements of an array in an endpoint's rows. */
export interface ChildTable {
  readonly stream: TableName;
  readonly array: string;
  readonly columns: Columns;
}

/** An API path, how to read it, and the tables that its rows are converted to. */
export interface Endpoint {
  readonly path: `/${string}`;
  /** Other spellings of the path, which are tried in turn if the API answers 404. */
  readonly otherPaths?: readonly `/${string}`[];
  /**
   * True if the existence of the endpoint is not confirmed. A 404 then causes only a warning,
   * unless an earlier run read rows.
   */
  readonly optional?: true;
  /**
   * The version of the mapping (default: 1). Increment it when a new or corrected column makes
   * earlier rows incomplete or wrong. Streams with an older mapping in their state are then read
   * completely once.
   */
  readonly mapping?: number;
  readonly stream: TableName;
  /**
   * The member that pages are read by, and whether it is unique. Its value never changes, so a row
   * that changes during the read keeps its place. A text key only orders the pages of a read by
   * offset, because the order of text depends on the server.
   */
  readonly pageKey: {
    readonly member: string;
    readonly unique: boolean;
    readonly isText?: true;
  };
  /** Orders the rows that share a page key. */
  readonly tieOrder?: string;
  readonly date?: DateColumn;
  /** How many days after its date a row may be entered (default: 1). */
  readonly lateDays?: number;
  /**
   * The member with the lead's ID, if the endpoint can be read in slices of leads. Slices are the
   * last resort if every page times out.
   */
  readonly slices?: string;
  readonly columns: Columns;
  /** How to read date-times, by column (default: `zoned`). */
  readonly clocks?: Readonly<Record<string, Clock>>;
  /** Columns whose clock is not known, and the settings that define it. */
  readonly clockSettings?: Readonly<Record<string, keyof ClockSettings>>;
  /** Integer columns in which the API writes 0 for a missing value. */
  readonly zeroIsNull?: readonly string[];
  /**
   * Text columns in which an empty string, or a list of only empty strings, means that there is no
   * value.
   */
  readonly emptyIsNull?: readonly string[];
  /** The values to use for key columns that are missing in a row. */
  readonly defaults?: Readonly<Record<string, number>>;
  readonly children?: readonly ChildTable[];
  /** True if the server hides rows when a request has no date filter. */
  readonly hidesWithoutDate?: true;
  /** Known members that have no column. */
  readonly unused?: readonly string[];
  /** Members to request besides the first source of each column. */
  readonly alsoSelect?: readonly string[];
  /** The wider endpoint, whose rows contain all data of this endpoint's rows. */
  readonly within?: `/${string}`;
}

const BY_ID = { member: 'id', unique: true } as const;
/** The page key for rows without an ID. The rows of one lead are read together. */
const BY_LEAD = { member: 'leadId', unique: false } as const;

const user = {
  pageKey: BY_ID,
  columns: { grouplist: ['groupList', 'groups'], lastname: 'lastName' },
} as const;

const leadColumns = {
  closing_forecast_date: 'closingForecastDate',
  industry_id: 'industry.id',
  industry_value: 'industry.value',
  integrationid: 'integrationId',
  leadproduct: 'leadProduct',
  organization_id: ['organizationId', 'organization.id'],
  mktlink: 'mktLink',
  publiclink: 'publicLink',
  registerdate: 'registerDate',
  salesrep_email: 'salesRep.email',
  salesrep_id: 'salesRep.id',
  sdr_email: 'sdr.email',
  sdr_id: 'sdr.id',
  source_id: 'source.id',
  source_value: 'source.value',
  funnel_id: 'funnelId',
  subsource_id: 'subSource.id',
  subsource_value: 'subSource.value',
  updatedate: 'updateDate',
} as const;

const UPDATED: DateColumn = { column: 'updatedate', member: 'updateDate', literal: 'instant' };

/**
 * Every endpoint, in reading order: small lookup tables first, then the endpoints that refer to
 * them, and slow endpoints last, so that a first load is useful within its first minute. If a
 * column has several sources, its spelling in the API is not certain.
 */
export const endpoints: readonly Endpoint[] = [
  { path: '/sdrs', stream: 'sdrs', ...user },
  { path: '/sellers', stream: 'sellers', ...user },
  { path: '/Users', stream: 'users', optional: true, ...user },
  {
    path: '/Groups',
    stream: 'groups',
    optional: true,
    pageKey: { member: 'name', unique: true, isText: true },
    columns: { name: ['name', 'value'], users: ['users', 'userList', 'emails'] },
  },
  { path: '/Funnels', stream: 'funnels', optional: true, pageKey: BY_ID, columns: {} },
  {
    path: '/stages',
    stream: 'stages',
    pageKey: BY_ID,
    columns: {
      funnel_id: 'funnelId',
      default_questionnaire_id: ['defaultQuestionnaireId', 'defaultQuestionnaire.id'],
      gate_type: 'gateType',
    },
  },
  { path: '/industries', stream: 'industries', pageKey: BY_ID, columns: {} },
  {
    path: '/TasksType',
    stream: 'taskstypes',
    optional: true,
    pageKey: BY_ID,
    columns: { value: ['value', 'name'] },
  },
  {
    path: '/discardReasons',
    stream: 'discardreasons',
    otherPaths: ['/DiscardReason'],
    optional: true,
    pageKey: BY_ID,
    columns: { value: ['value', 'name', 'reason'] },
  },
  { path: '/products', stream: 'products', optional: true, pageKey: BY_ID, columns: {} },
  {
    path: '/customFields',
    stream: 'customfields',
    optional: true,
    pageKey: { member: 'key', unique: true, isText: true },
    columns: { name: ['name', 'label', 'value'] },
    children: [
      {
        stream: 'customfields__options',
        array: 'options',
        columns: { options_id: 'id', options_value: 'value' },
      },
    ],
  },
  {
    path: '/Sources',
    stream: 'sources',
    pageKey: BY_ID,
    columns: {},
    children: [
      {
        stream: 'sources__subSources',
        array: 'subSources',
        columns: {
          subsources_active: 'active',
          subsources_id: 'id',
          subsources_value: 'value',
        },
      },
    ],
  },
  {
    path: '/Leads',
    stream: 'leads',
    pageKey: BY_ID,
    date: UPDATED,
    columns: leadColumns,
    clocks: { registerdate: 'utc', updatedate: 'utc', closing_forecast_date: 'picked' },
    // `cpfCnpj`, known from older documentation, contains either number, but a CNPJ does not belong
    // in `cpf`.
    unused: ['cpfCnpj', 'ddiPhone', 'ddiPhone2'],
    within: '/LeadsAndPersons',
  },
  {
    path: '/LeadsAndPersons',
    stream: 'leadspersons',
    pageKey: BY_ID,
    date: UPDATED,
    columns: { funnel_id: 'funnelId', updatedate: 'updateDate' },
    clocks: { updatedate: 'utc' },
    children: [
      {
        stream: 'leadspersons__persons',
        array: 'persons',
        columns: {
          persons_email: 'email',
          persons_id: 'id',
          persons_idmessagingplatform: ['idMessagingPlatform', 'idMessagingPlataform'],
          persons_jobtitle: 'jobTitle',
          persons_maincontact: 'mainContact',
          persons_messagingplatform: ['messagingPlatform', 'messagingPlataform'],
          persons_name: 'name',
          persons_phone1: 'phone1',
          persons_phone2: 'phone2',
        },
      },
    ],
  },
  {
    path: '/LeadStages',
    stream: 'leadstages',
    pageKey: BY_LEAD,
    tieOrder: 'createdAt',
    columns: {
      lead_id: 'leadId',
      origin_stage: 'originStage',
      destination_stage: 'destinationStage',
      created_at: 'createdAt',
      discarded_stage: 'discardedStage',
      discard_date: 'discardDate',
      origin_funnel_id: 'originFunnelId',
      destination_funnel_id: 'destinationFunnelId',
    },
    clocks: { created_at: 'utc' },
  },
  {
    path: '/Losts',
    stream: 'losts',
    pageKey: BY_LEAD,
    tieOrder: 'date',
    columns: { lead_id: 'leadId', funnel_id: 'funnelId' },
    clocks: { date: 'picked' },
  },
  {
    path: '/transferHistory',
    stream: 'transferhistory',
    optional: true,
    pageKey: BY_LEAD,
    tieOrder: 'createdAt',
    date: { column: 'createdat', member: 'createdAt', literal: 'instant' },
    columns: {
      leadid: 'leadId',
      createdat: 'createdAt',
      originuserid: 'originUserId',
      destinationuserid: ['destinationUserId', 'destinyUserId', 'targetUserId'],
    },
    clocks: { createdat: 'utc' },
  },
  {
    path: '/recommendedProducts',
    stream: 'recommendedproducts',
    optional: true,
    pageKey: BY_LEAD,
    tieOrder: 'productId',
    columns: {
      leadid: 'leadId',
      productid: 'productId',
      labelvalue: 'labelValue',
      discounttype: ['descountType', 'discountType'],
      discountvalue: ['descountValue', 'discountValue'],
    },
  },
  {
    path: '/LeadsSold',
    stream: 'leadssold',
    mapping: 2,
    pageKey: BY_ID,
    date: { column: 'saledate', member: 'saleDate', literal: 'instant' },
    // A person picks the date of a sale, which may be weeks in the past.
    lateDays: 60,
    columns: {
      leadid: 'leadId',
      saledate: 'saleDate',
      salestage: 'saleStage',
      salesrep_email: 'salesRep.email',
      salesrep_lastname: 'salesRep.lastName',
      salesrep_name: 'salesRep.name',
      totaldealvalue: 'totalDealValue',
      presales_email: 'preSales.email',
    },
    clocks: { saledate: 'picked' },
    zeroIsNull: ['leadid'],
    children: [
      {
        stream: 'leadssold__products',
        array: 'products',
        columns: {
          products_discountamount: ['discountAmount', 'descountAmount', 'descountValue'],
          products_discounttype: ['discountType', 'descountType'],
          products_finalvalue: 'finalValue',
          products_fullvalue: 'fullValue',
          products_individualvalue: 'individualValue',
          products_id: 'id',
          products_name: 'name',
          products_quantity: 'quantity',
        },
      },
    ],
  },
  {
    path: '/Meetings',
    stream: 'meetings',
    mapping: 2,
    pageKey: BY_ID,
    date: { column: 'starttime', member: 'startTime', literal: 'text' },
    columns: {
      finaltime: 'finalTime',
      lead_id: 'lead.id',
      lead_name: ['lead.name', 'lead.lead'],
      managerdescription: 'managerDescription',
      meetingdate: 'meetingDate',
      meetingtype: 'meetingType',
      qualificationdate: 'qualificationDate',
      registerdate: 'registerDate',
      salesrep_email: 'salesRep.email',
      salesrep_id: 'salesRep.id',
      sdrdescription: 'sdrDescription',
      starttime: 'startTime',
      user_active: 'user.active',
      user_email: 'user.email',
      user_grouplist: ['user.groupList', 'user.groups'],
      user_id: 'user.id',
      user_lastname: 'user.lastName',
      user_name: 'user.name',
      user_phone: 'user.phone',
      user_phone2: 'user.phone2',
    },
    clocks: {
      ...{ starttime: 'wall', finaltime: 'wall' },
      ...{ registerdate: 'utc', qualificationdate: 'utc' },
    },
    zeroIsNull: ['lead_id'],
    unused: ['meetingFeedbackUrl'],
  },
  {
    path: '/PendingFeedbacks',
    stream: 'pendingfeedbacks',
    optional: true,
    pageKey: { member: 'meetingId', unique: true },
    columns: {
      meetingid: 'meetingId',
      leadid: 'leadId',
      leadname: 'leadName',
      stageid: 'stageId',
      stagename: 'stageName',
      sellerid: 'sellerId',
      sellername: 'sellerName',
      sellerlastname: 'sellerLastName',
    },
    clocks: { date: 'utc' },
  },
  {
    path: '/Tasks',
    stream: 'tasks',
    pageKey: BY_ID,
    date: { column: 'duedate', member: 'dueDate', literal: 'instant', isOptional: true },
    columns: {
      activitytypeid: ['activityTypeId', 'activityType.id'],
      duedate: 'dueDate',
      leadid: ['leadId', 'lead.id'],
      sdr_email: 'sdr.email',
      sdr_id: 'sdr.id',
      timenotification: 'timeNotification',
      useremail: ['userEmail', 'user.email'],
    },
    zeroIsNull: ['leadid'],
    children: [
      {
        stream: 'tasks__contacts',
        array: 'contacts',
        columns: { contacts_email: 'email', contacts_id: 'id' },
      },
    ],
  },
  {
    // Without a date filter, the server hides old boxes, so boxes are always requested by date.
    path: '/Boxes',
    stream: 'boxes',
    pageKey: BY_ID,
    date: { column: 'start', member: 'start', literal: 'wall' },
    columns: {
      leadid: 'leadId',
      salesrep: 'salesRep',
      salesrepemail: 'salesRepEmail',
      typemeeting: 'typeMeeting',
    },
    clocks: { start: 'wall', end: 'wall' },
    zeroIsNull: ['leadid'],
    hidesWithoutDate: true,
  },
  {
    path: '/callsHistory',
    stream: 'callshistory',
    pageKey: BY_ID,
    date: { column: 'startdate', member: 'startDate', literal: 'instant' },
    columns: {
      callanswered: 'callAnswered',
      enddate: 'endDate',
      leadid: 'leadId',
      funnel_id: 'funnelId',
      leadname: 'leadName',
      manualset: 'manualSet',
      startdate: 'startDate',
      talkingdurationseconds: 'talkingDurationSeconds',
      useremail: 'userEmail',
    },
    zeroIsNull: ['leadid'],
    clockSettings: { startdate: 'calls_clock', enddate: 'calls_clock' },
    unused: ['userName'],
  },
  {
    path: '/QualificationHistories',
    stream: 'qualifications',
    mapping: 2,
    pageKey: BY_LEAD,
    tieOrder: 'qualificationDate',
    date: { column: 'qualificationdate', member: 'qualificationDate', literal: 'instant' },
    columns: {
      leadid: 'leadId',
      funnel_id: 'funnelId',
      qualificationdate: 'qualificationDate',
      stage_id: 'stageId',
      originstage: 'originStage',
      useraction_id: 'userAction.id',
      useraction_name: 'userAction.name',
      useraction_email: 'userAction.email',
    },
    children: [
      {
        stream: 'qualifications__questionAnswers',
        array: 'questionAnswers',
        columns: {
          questionanswers_answers: 'answers',
          questionanswers_question: ['question.text', 'question'],
          questionanswers_questionid: ['questionId', 'questionID', 'question.id', 'id'],
        },
      },
    ],
    unused: ['id', 'meetingDate'],
  },
  {
    // The API documentation does not say whether this endpoint lists each lead's pains or all
    // pains. A pain without a lead is assigned lead ID 0, as in boxes.
    path: '/painPoints',
    stream: 'painpoints',
    pageKey: BY_LEAD,
    columns: {
      leadid: ['leadId', 'lead.id'],
      painpoint_id: ['painPointId', 'painPoint.id', 'id'],
      value: ['value', 'painPoint.value'],
    },
    defaults: { leadid: 0 },
  },
  {
    path: '/LeadsCustomFields',
    stream: 'leadscustomfields',
    mapping: 2,
    pageKey: BY_LEAD,
    tieOrder: 'id',
    date: { ...UPDATED, isOptional: true },
    slices: 'leadId',
    columns: {
      leadid: 'leadId',
      field_id: 'id',
      // The choices of a multiple-choice field are in its options, and its value may be an empty
      // string.
      value: ['options', 'value'],
      updatedate: 'updateDate',
    },
    emptyIsNull: ['value'],
    alsoSelect: ['value'],
    unused: ['registerDate', 'type'],
  },
];

/** The settings that define how to read dates. */
export type ClockSettings = Readonly<Record<'calls_clock', 'utc' | 'wall'>>;

/**
 * `utc` becomes `zoned` because a date that should be in UTC may still name a different zone or no
 * zone.
 */
const CLOCKS = { utc: 'zoned', wall: 'wall' } as const satisfies Record<string, Clock>;

/** Returns the endpoint with the clocks from the settings. */
export function withClocks(endpoint: Endpoint, settings: ClockSettings): Endpoint {
  const { clocks, clockSettings } = endpoint;
  if (!clockSettings) return endpoint;
  const set = Object.entries(clockSettings).map(
    ([column, name]) => [column, CLOCKS[settings[name]]] as const,
  );
  return { ...endpoint, clocks: { ...clocks, ...Object.fromEntries(set) } };
}

/** Returns the endpoint with the next spelling of its path; undefined if no spelling is left. */
export function underNextPath(endpoint: Endpoint): Endpoint | undefined {
  const [path, ...otherPaths] = endpoint.otherPaths ?? [];
  return path === undefined ? undefined : { ...endpoint, path, otherPaths };
}
