import { MOST_BYTES, OversizedReply, openBody } from "./read-body.js";
import { nextOf, readJson, readRest } from "./read-events.js";

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
  const decoder = new TextDecoder();
  const body = openBody(response);
  let begun = "";
  let isOver = false;
  try {
    while (!isOver) {
      const { done, value } = await nextOf(body);
      isOver = done === true;
      if (isOver) return;
      const lines = decoder.decode(value, { stream: true }).split("\n");
      // Joined only where a line ends: one of many pieces would be copied again for each.
      for (const line of lines.splice(0, lines.length - 1)) {
        const whole = begun + line;
        begun = "";
        if (whole.trim() === "") continue;
        const read = readJson(whole);
        isOver = (read as { done?: unknown } | null)?.done === true;
        if (isOver) void readRest(body);
        yield read;
        if (isOver) return;
      }
      begun += lines[0] ?? "";
      if (begun.length > MOST_BYTES) throw new OversizedReply("a line");
    }
  } finally {
    if (!isOver) body.close();
  }
}
