import { log, print, ProgramError } from '@exact-spotter/singer';
import { connect } from '../api/client.ts';
import { ApiMissingError, ApiTimeoutError, isEndpointError } from '../api/errors.ts';
import { discover, endpointGroups, select, type SelectedEndpoint } from '../catalog.ts';
import type { Endpoint } from '../endpoints.ts';
import { isReadInSlices } from '../paging/slices.ts';
import { planSettings } from '../plan/plan-settings.ts';
import { Timezone } from '../rows/timezone.ts';
import type { TapSettings } from '../settings.ts';
import { clockFinding, undatedFinding } from './date-findings.ts';
import { fieldFinding } from './field-findings.ts';
import { compareLeads, differences } from './differences.ts';
import type { PageFinding, ReachableSet, SetFinding } from './findings.ts';
import { probe, type Answers, type ProbeContext } from './probe.ts';
import { jsonReport, textReport } from './report.ts';
import {
  countVerdict,
  filterVerdict,
  linkFinding,
  orderVerdict,
  selectVerdict,
  tieFinding,
  topVerdict,
} from './option-verdicts.ts';

const REPORTS = { text: textReport, json: jsonReport } as const;

interface DoctorContext extends ProbeContext {
  readonly apiUrl: string;
  readonly settings: TapSettings;
}

/**
 * Examines the endpoints of the account's API one after the other and prints which of the tap's
 * assumptions are true for each endpoint.
 * @throws ProgramError at the end if an endpoint cannot be read, or immediately if no endpoint can
 * be read
 */
export async function examineAccount(
  settings: TapSettings,
  format: keyof typeof REPORTS,
): Promise<void> {
  const findings = await examineAll(settings);
  await print(REPORTS[format](findings));
  const unreachable = findings.filter((found) => !found.reachable && found.a_run === 'fails');
  if (unreachable.length > 0) {
    throw new ProgramError(
      `${unreachable.map(({ set }) => set).join(', ')} cannot be read; see the report.`,
    );
  }
}

async function examineAll(settings: TapSettings): Promise<SetFinding[]> {
  const timezone = new Timezone(settings.timezone);
  const { client, close } = connect(settings, new AbortController().signal);
  const context = {
    client,
    timezone,
    pageSize: settings.page_size,
    startDate: planSettings(settings, timezone).startDate,
    apiUrl: settings.api_url,
    settings,
  };
  try {
    const findings: SetFinding[] = [];
    for (const selected of endpointGroups(select(discover(), discover())).flat()) {
      log.info(`Examining ${selected.endpoint.path}.`);
      findings.push(await examine(selected, context));
    }
    return compareLeads(findings);
  } finally {
    await close();
  }
}

/** Examines one endpoint. An endpoint that cannot be read is also a finding. */
async function examine(selected: SelectedEndpoint, context: DoctorContext): Promise<SetFinding> {
  const { endpoint, streams } = selected;
  const names = { set: endpoint.path, streams: streams.map(({ stream }) => stream) };
  try {
    const answers = await probe(endpoint, context);
    const found = { ...names, ...findingOf(selected, answers, context) };
    return { ...found, differences: differences(found) };
  } catch (error) {
    if (!isEndpointError(error)) throw error;
    if (error instanceof ApiTimeoutError && (await isReadInSlices(context.client, endpoint))) {
      return { ...names, reachable: false, fault: error.message, a_run: 'reads it in slices' };
    }
    const isMissing = error instanceof ApiMissingError && endpoint.optional === true;
    const effect = isMissing ? 'continues without it' : 'fails';
    return { ...names, reachable: false, fault: error.message, a_run: effect };
  }
}

function findingOf(
  selected: SelectedEndpoint,
  answers: Answers,
  context: DoctorContext,
): Omit<ReachableSet, 'set' | 'streams' | 'differences'> {
  const { timezone, apiUrl, pageSize } = context;
  const { endpoint } = selected;
  const { rows, first, between, byDate } = answers;
  return {
    reachable: true,
    rows: rows.kind === 'answered' ? rows.answer : null,
    count_inline: countVerdict(answers),
    date_filter: endpoint.date ? filterVerdict(byDate) : null,
    key_filter: filterVerdict(answers.byKey),
    and: filterVerdict(between),
    order: orderVerdict(endpoint, answers),
    ties: tieFinding(endpoint, answers),
    select: selectVerdict(answers),
    top: topVerdict(answers),
    ...(endpoint.hidesWithoutDate && { hides_without_date: hidesWithoutDate(answers) }),
    ...dateFindings(endpoint, answers, context),
    next_link: linkFinding(answers, apiUrl),
    page: pageFinding(answers, pageSize),
    fields: fieldFinding(selected, first.rows, timezone),
  };
}

function dateFindings(
  endpoint: Endpoint,
  answers: Answers,
  { client, timezone, settings }: DoctorContext,
): Pick<ReachableSet, 'undated' | 'clock'> {
  const undated = undatedFinding(endpoint, answers);
  const clock = clockFinding(endpoint, answers, timezone, client.serverTime, settings.calls_clock);
  return { ...(undated && { undated }), ...(clock && { clock }) };
}

function hidesWithoutDate({ rows, rowsWithoutDate, byDate }: Answers): boolean | null {
  if (rows.kind !== 'answered' || rowsWithoutDate?.kind !== 'answered') return null;
  return filterVerdict(byDate) === 'yes' ? rowsWithoutDate.answer < rows.answer : null;
}

function pageFinding({ first, rows }: Answers, pageSize: number): PageFinding {
  const total = rows.kind === 'answered' ? rows.answer : first.count;
  const isCut = total !== undefined && first.rows.length < total;
  return {
    asked: Math.max(2, pageSize),
    asked_in_time: first.top,
    rows: first.rows.length,
    cap: isCut ? first.rows.length : null,
    milliseconds: Math.round(first.milliseconds),
  };
}
