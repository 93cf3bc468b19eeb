import { includes, type Behaviour } from './behaviour.ts';

interface Entry<Answer> {
  readonly answer: Answer;
  /** When the answer was stored, according to `performance.now`. */
  readonly at: number;
}

/** Repeats answers for a while even if the data has changed, as the real server does. */
export class AnswerCache<Answer> {
  readonly #entries = new Map<string, Entry<Answer>>();

  /** Returns the cached answer for this URL; undefined if there is none. */
  get(behaviour: Behaviour, set: string, url: string): Answer | undefined {
    if (!includes(behaviour.cachedSets, set)) return undefined;
    const entry = this.#entries.get(url);
    return entry && isFresh(entry, behaviour) ? entry.answer : undefined;
  }

  keep(behaviour: Behaviour, set: string, url: string, answer: Answer): void {
    if (behaviour.cacheSeconds === 0 || !includes(behaviour.cachedSets, set)) return;
    for (const [old, entry] of this.#entries) {
      if (isFresh(entry, behaviour)) break;
      this.#entries.delete(old);
    }
    this.#entries.delete(url);
    this.#entries.set(url, { answer, at: performance.now() });
  }
}

function isFresh({ at }: Entry<unknown>, { cacheSeconds }: Behaviour): boolean {
  return performance.now() < at + cacheSeconds * 1000;
}
