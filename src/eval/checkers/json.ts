import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../core/json.js";
import type { Checker } from "./checker.js";

const FENCE = "```";

/** The answer's JSON, in whatever order its keys stand, is what was wanted: the whole text, else its last fenced block. */
export const json: Checker = ({ text }, { answer }) => {
  const wanted = typeof answer === "string" ? (parsed(answer)?.value ?? answer) : answer;
  const found = parsed(text) ?? parsed(lastFenced(text));
  if (found === null) return { score: null, why: "there is no JSON in the answer" };
  const score = Number(isDeepStrictEqual(found.value, wanted));
  return { score, extracted: JSON.stringify(found.value) };
};

/** What the last fenced block holds, without the language behind its fence. */
function lastFenced(text: string): string {
  // Every second piece stands between two fences, but for a last one that is not closed.
  const inside = text
    .split(FENCE)
    .slice(0, -1)
    .filter((_, at) => at % 2 === 1);
  const block = inside.at(-1) ?? "";
  return block.slice(block.indexOf("\n") + 1);
}

function parsed(text: string): { readonly value: Json } | null {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return null;
  }
}
