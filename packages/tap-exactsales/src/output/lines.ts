import { messageLine, stateLine, type Message, type Output } from '@exact-spotter/singer';

/** Where the messages of a run go. */
export interface MessageOutput {
  /**
   * What is handed over in one call leaves together.
   * @param messages taken one by one, so that none is kept longer than its line takes
   */
  write(messages: Iterable<Message>): Promise<void>;
  /**
   * A place where the run could go on from: what the value claims has been written before.
   * @param value asked for when the STATE is written, which may be later
   */
  state(value: () => object): Promise<void>;
  /** Waits until everything has left. */
  end(): Promise<void>;
}

/** Every message is a line. */
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
