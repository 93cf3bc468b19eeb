import { isObject, type JsonValue } from '@exact-spotter/singer';

/**
 * The highest version: versions are times in milliseconds since 1970, and this is the last time that
 * a date can have. From 2^53 on, a version plus one would be the same number, so a complete read
 * would delete nothing, or every row.
 */
const HIGHEST_VERSION = 8_640_000_000_000_000;

/**
 * Finds a version in a stream's state that this tap cannot have written, e.g. after an edit by hand.
 * @returns what is wrong; undefined if all versions are usable or missing
 */
export function versionProblem(bookmark: JsonValue): string | undefined {
  if (!isObject(bookmark)) return undefined;
  if (!isUsable(bookmark['version'])) return problem('its "version"');
  const { progress, progress_markers: markers } = bookmark;
  if (!hasUsableVersion(markers)) return problem('the "version" in its "progress_markers"');
  const reads = isObject(progress) ? Object.values(progress) : [];
  return reads.every(hasUsableVersion) ? undefined : problem('a "version" in its "progress"');
}

function hasUsableVersion(markers: JsonValue | undefined): boolean {
  return !isObject(markers) || isUsable(markers['version']);
}

function isUsable(version: JsonValue | undefined): boolean {
  if (version === undefined || version === null) return true;
  return Number.isInteger(version) && Number(version) >= 0 && Number(version) <= HIGHEST_VERSION;
}

function problem(which: string): string {
  return `${which} is not an integer from 0 to ${HIGHEST_VERSION}`;
}
