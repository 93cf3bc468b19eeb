import { messageLine, stateLine, type Message, type Output } from '@exact-spotter/singer';

/** Writes a run's messages. */
export interface MessageOutput {
  /**
   * Writes several messages at once.
   * @param messages consumed one by one, so that memory holds only one message besides the text of
   * the lines
   */
  write(messages: Iterable<Message>): Promise<void>;
  /**
   * Writes a STATE, which covers everything written before.
   * @param value returns the state; called when the STATE is written, which may be later
   */
  state(value: () => object): Promise<void>;
  /** Waits until everything has been written. */
  end(): Promise<void>;
}

/** Writes every message as a line. */
export class LineOutput implements MessageOutput {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  async write(messages: Iterable<Message>): Promise<void> {
    let text = '';
    for (const message of messages) text += messageLine(message);
    if (text !== '') await this.#output.write(text);
  }

  async state(value: () => object): Promise<void> {
    await this.#output.write(stateLine(value()));
  }

  async end(): Promise<void> {
    await this.#output.flush();
  }
}
