import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { span } from "../../src/core/points/span.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { ScriptedRequest, ScriptItem } from "./scripted-writer.js";
import { bare, end, K, token } from "./tokens.js";

export const GLIMPSE_AT = { delimiter: "\n\n", openTag: "<think>" };
export const CLOSE = [token("</think>")];
export const usage = (output_tokens: number) => ({ input_tokens: 1, output_tokens });
export const RESULT = span({ after: "=", of: "number" });

/** A stream of small's; `firstWanted` as the point must say. */
export function fused(
  thought: string,
  items: readonly ScriptItem[],
  firstWanted = false,
): ScriptedRequest {
  const how = { topLogprobs: K, glimpseAt: { ...GLIMPSE_AT, firstWanted } };
  return { role: "small", thought, how, items };
}

export function step(
  thought: string,
  items: readonly ScriptItem[],
  maxTokens?: number,
): ScriptedRequest {
  const how = { topLogprobs: 0, stop: ["\n\n"] };
  return { role: "large", thought, how, items, ...(maxTokens === undefined ? {} : { maxTokens }) };
}

export function closed(thought: string): ScriptedRequest {
  const how = { topLogprobs: 0 };
  const gap = thought.endsWith("\n") ? "" : "\n";
  const items = [bare("4"), end("eos")];
  return { role: "large", thought: `${thought}${gap}</think>\n\n`, how, items };
}

export function at(point: GlimpsePoint, config: Partial<RouteConfig> = {}) {
  return { config: { point, ...config } };
}
