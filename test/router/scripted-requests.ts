import type { Role } from "../../src/router/step-writer.js";
import type { ScriptedRequest, ScriptItem } from "./scripted-writer.js";
import { bare, end, K, token } from "./tokens.js";

type Items = readonly ScriptItem[];

/** The one stream of small that covers a run of steps. */
export function fused(thought: string, items: Items, maxTokens?: number): ScriptedRequest {
  const glimpseAt = { delimiter: "\n\n", openTag: "<think>" };
  return request("small", thought, { topLogprobs: K, glimpseAt }, items, maxTokens);
}

/** One token of small, to be thrown away. */
export function probe(thought: string, ...items: Items): ScriptedRequest {
  return request("small", thought, { topLogprobs: K, temperature: 0 }, items, 1);
}

/** A step, stopped at its boundary. */
export function step(role: Role, thought: string, items: Items, max?: number): ScriptedRequest {
  return request(role, thought, { topLogprobs: 0, stop: ["\n\n"] }, items, max);
}

/** A step, asked for once more without a stop string. */
export function unstopped(role: Role, thought: string, items: Items): ScriptedRequest {
  return request(role, thought, { topLogprobs: 0 }, items);
}

/** An answer behind a thought that is given with its closing bytes. */
export function answer(role: Role, thought: string, items: Items, max?: number): ScriptedRequest {
  return request(role, thought, { topLogprobs: 0 }, items, max);
}

function request(
  role: Role,
  thought: string,
  how: ScriptedRequest["how"],
  items: Items,
  maxTokens?: number,
): ScriptedRequest {
  return { role, thought, how, items, ...(maxTokens === undefined ? {} : { maxTokens }) };
}

/** Small's last token of a thought that it closes: the stream is aborted there. */
export const CLOSE = [token("</think>")];

/** The answer "42" by large behind `thought`, which is given with its closing bytes. */
export function closed(thought: string): ScriptedRequest {
  const closing = `${thought.endsWith("\n") ? "" : "\n"}</think>\n\n`;
  return answer("large", thought + closing, [bare("42"), end("eos")]);
}
