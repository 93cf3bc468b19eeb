import { log, print, ProgramError } from '@exact-spotter/singer';
import { AccountClock } from '../clock.ts';
import { connect } from '../connection.ts';
import { discover } from '../discover.ts';
import { feedGroups } from '../plan.ts';
import { planSettings } from '../plan-settings.ts';
import { select } from '../select.ts';
import type { TapSettings } from '../settings.ts';
import { examine } from './examine.ts';
import type { SetFinding } from './finding.ts';
import { jsonReport, textReport } from './report.ts';

/** The forms of the doctor's report. */
export const REPORT_FORMATS = { text: textReport, json: jsonReport } as const;

/**
 * Looks at every set of the account's API, one after the other, and prints which of the assumptions
 * that the tap rests on hold there.
 * @throws ProgramError at the end when a set cannot be read; at once when nothing can
 */
export async function runDoctor(
  settings: TapSettings,
  format: keyof typeof REPORT_FORMATS,
): Promise<void> {
  const findings = await examineAll(settings);
  await print(REPORT_FORMATS[format](findings));
  const unreachable = findings.filter(({ reachable }) => !reachable);
  if (unreachable.length > 0) {
    throw new ProgramError(
      `${unreachable.map(({ set }) => set).join(', ')} cannot be read: the report says why.`,
    );
  }
}

async function examineAll(settings: TapSettings): Promise<SetFinding[]> {
  const clock = new AccountClock(settings.timezone);
  const { client, close } = connect(settings, new AbortController().signal);
  const surgery = {
    client,
    clock,
    pageSize: settings.page_size,
    startDate: planSettings(settings, clock).startDate,
    apiUrl: settings.api_url,
  };
  try {
    const findings: SetFinding[] = [];
    for (const feed of feedGroups(select(discover(), discover())).flat()) {
      log.info(`Looking at ${feed.set.path}.`);
      findings.push(await examine(feed, surgery));
    }
    return findings;
  } finally {
    await close();
  }
}
