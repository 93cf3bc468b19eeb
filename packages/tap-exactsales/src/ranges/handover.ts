/** Hands items from several producers to one consumer, which takes them one at a time. */
export class Handover<T> {
  readonly #offered: { readonly item: T; readonly taken: () => void }[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isEnded = false;
  #wake: () => void = () => undefined;

  /** Resolves when the consumer has dealt with the item, or has stopped. */
  put(item: T): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    return new Promise((taken) => {
      this.#offered.push({ item, taken });
      this.#wake();
    });
  }

  /** Makes the consumer throw an error. The first error counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** Ends the handover: the consumer gets the items that were put before, and then stops. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *items(): AsyncGenerator<T> {
    try {
      for (;;) {
        if (this.#failure) throw this.#failure.error;
        const next = this.#offered.shift();
        if (next) {
          try {
            yield next.item;
          } finally {
            next.taken();
          }
        } else if (this.#isEnded) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#isEnded = true;
      for (const { taken } of this.#offered.splice(0)) taken();
    }
  }
}
