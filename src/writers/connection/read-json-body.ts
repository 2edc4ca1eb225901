import { BrokenReply, MOST_BYTES, OversizedReply, QUOTED_BYTES, readText } from "./read-body.js";

/**
 * The JSON of a whole reply, as the SDK reads it, but not without end; text where it is no JSON, `null` where it is empty.
 *
 * @throws BrokenReply where it was cut, or is not the JSON that it says it is
 * @throws OversizedReply where it has no end
 */
export async function readJsonBody(reply: Response): Promise<unknown> {
  const contentType = contentTypeOf(reply);
  const isPage = /html/i.test(contentType);
  const { text, isWhole } = await readWhole(reply, isPage ? QUOTED_BYTES : MOST_BYTES);
  if (!isWhole && !isPage) throw new OversizedReply("a reply");
  if (text === "") return null;
  if (/json/i.test(contentType)) return parse(text);
  // Gateways pass JSON on as plain text (sglang-router).
  return (text.trimStart().startsWith("{") ? parsedOrNull(text) : null) ?? text;
}

async function readWhole(reply: Response, limit: number): ReturnType<typeof readText> {
  try {
    return await readText(reply, limit);
  } catch (cause) {
    // An abort is none of the connection's. Else the SDK's words differ with the runtime, and some are a `TypeError`.
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    throw new BrokenReply("the connection broke in the middle of a reply", { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BrokenReply("a reply that was cut, or is no JSON", { cause });
  }
}

/** `null` for what is no JSON. */
export function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function contentTypeOf({ headers }: Response): string {
  return headers.get("content-type") ?? "";
}
