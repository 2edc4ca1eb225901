import { MOST_BYTES, OversizedReply, openBody } from "./read-body.js";
import { nextOf, readJson, readRest } from "./read-events.js";
import { Utf8Pieces } from "./utf8-pieces.js";

/**
 * The JSON of each line of a reply (NDJSON, as Ollama streams), up to one that says `done`; candidates of tokens are
 * still unread (`candidatesIn`). A line that no line break ended was cut: the stream then has no end either.
 *
 * @throws SyntaxError on a line that is no JSON
 * @throws BrokenStream where the connection ends before the stream does
 * @throws OversizedReply on a line without end
 * @throws Error on an error object, with the server's words
 */
export async function* readLines(response: Response): AsyncGenerator<unknown, void, void> {
  const decoder = new Utf8Pieces();
  const lines = new Lines();
  const body = openBody(response);
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await nextOf(body);
      isOver = done === true;
      if (isOver) return;
      for (const line of lines.feed(decoder.decode(value))) {
        const read = readJson(line);
        isOver = isLast(read);
        if (isOver) void readRest(body);
        yield read;
        if (isOver) return;
      }
    }
  } finally {
    if (!isOver) body.close();
  }
}

function isLast(line: unknown): boolean {
  return (line as { readonly done?: unknown } | null)?.done === true;
}

/** Whole lines out of pieces; blank ones are left out. */
class Lines {
  #begun = "";

  feed(text: string): readonly string[] {
    const lines = text.split("\n");
    const rest = lines.pop() ?? "";
    if (lines.length > 0) {
      lines[0] = this.#begun + lines[0];
      this.#begun = "";
    }
    this.#begun += rest;
    if (this.#begun.length > MOST_BYTES) throw new OversizedReply("a line");
    return lines.filter((line) => line.trim() !== "");
  }
}
