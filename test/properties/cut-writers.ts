import type { Role, StepWriter, Written } from "../../src/router/step-writer.js";

/** Where streams are cut: before which item, counted over all streams of the reply. */
export type CutAt = (item: number) => boolean;

/** Two writers whose streams are cut, and gone on with. */
export class CutWriters {
  /** Items that were asked for, so far. */
  items = 0;
  cuts = 0;
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly #cutAt: CutAt;

  constructor(writers: Readonly<Record<Role, StepWriter>>, cutAt: CutAt) {
    this.#cutAt = cutAt;
    this.writers = { small: this.#cutting(writers.small), large: this.#cutting(writers.large) };
  }

  #cutting(writer: StepWriter): StepWriter {
    return {
      ...writer,
      resumption: { by: "text", retries: 1_000 },
      write: (...request) => this.#cut(writer.write(...request)),
    };
  }

  async *#cut(stream: AsyncIterable<Written>): AsyncGenerator<Written> {
    for await (const written of stream) {
      if (this.#cutAt(this.items++)) {
        this.cuts++;
        return;
      }
      yield written;
    }
  }
}
