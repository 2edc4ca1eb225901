import type { Exchange } from "../http/exchange.js";
import type { ScriptedToken } from "../script/scripted-model.js";
import type { FakeOllamaOptions, OllamaFault } from "./fake-ollama-options.js";
import { generate, type OllamaEnd, type OllamaPiece } from "./generate.js";

interface Generation {
  readonly name: string;
  readonly script: readonly ScriptedToken[];
  readonly promptTokens: number;
  readonly limit: number;
  readonly stop: readonly string[];
  readonly isNew: boolean;
  /** Candidates of each token; `null`: no log-probabilities. */
  readonly top: number | null;
  /** The parser looks at the text: in a thought, or before one; `null`: it does not. */
  readonly thinks: boolean | null;
  readonly onParsed: () => void;
  readonly options: Required<FakeOllamaOptions>;
}

/** Answers a generation request, streamed or whole, with the fault that was asked for. */
export async function streamReply(
  exchange: Exchange<OllamaFault>,
  generation: Generation,
): Promise<void> {
  const { script, limit, stop, options } = generation;
  const items = [...generate(script, { limit, stop, engine: options.engine })];
  const end = items.at(-1) as OllamaEnd;
  const pieces = [
    ...(items.slice(0, -1) as OllamaPiece[]),
    ...(end.rest === null ? [] : [end.rest]),
  ];
  if (exchange.record.body.stream === false) {
    return exchange.json(200, {
      ...lineOf(generation, { text: pieces.map(({ text }) => text).join(""), tokens: [] }, null),
      ...endOf(generation, end),
    });
  }
  exchange.beginStream();
  if (exchange.fault === "close-after-headers") return exchange.hangUp();
  const thought = { inside: generation.thinks };
  for (const piece of pieces) {
    const line = lineOf(generation, piece, thought);
    const isBare = exchange.fault === "no-logprobs";
    await exchange.sendLine(
      isBare ? { ...line, logprobs: undefined } : line,
      1,
      options.tokenDelayMs,
    );
    if (exchange.record.aborted || breaksOff(exchange)) return;
  }
  if (exchange.fault === "no-finish") return exchange.breakOff();
  const last = lineOf(generation, { text: "", tokens: [] }, null);
  exchange.breakOff(`${JSON.stringify({ ...last, ...endOf(generation, end) })}\n`);
}

function lineOf(
  { name, top, onParsed }: Generation,
  { text, tokens }: OllamaPiece,
  thought: { inside: boolean | null } | null,
): Record<string, unknown> {
  const line = { model: name, created_at: "2026-11-27T08:00:00Z", done: false };
  const logprobs = top === null || tokens.length === 0 ? {} : { logprobs: tokens.map(listed(top)) };
  if (thought?.inside !== true) return { ...line, response: text, ...logprobs };
  onParsed();
  // It eats the blanks of a thought's beginning, the closing tag, and the blanks behind it.
  if (text.includes("</think>")) thought.inside = false;
  return { ...line, response: "", thinking: text.replace("</think>", ""), ...logprobs };
}

function listed(top: number): (token: ScriptedToken) => object {
  return (token) => {
    const text = token.listed ?? token.text;
    const own = token.top.find(([candidate]) => candidate === text)?.[1] ?? -0.5;
    const entry = (each: string, logprob: number) => ({
      token: each,
      logprob,
      bytes: [...new TextEncoder().encode(each)],
    });
    return {
      ...entry(text, own),
      ...(top === 0
        ? {}
        : { top_logprobs: token.top.slice(0, top).map(([each, logprob]) => entry(each, logprob)) }),
    };
  };
}

function endOf(
  { promptTokens, isNew }: Generation,
  { tokens, reason }: OllamaEnd,
): Record<string, unknown> {
  return {
    done: true,
    done_reason: reason,
    load_duration: isNew ? 3_000_000_000 : 20_000_000,
    prompt_eval_count: promptTokens,
    eval_count: tokens,
  };
}

/** Faults that strike behind a line. */
function breaksOff(exchange: Exchange<OllamaFault>): boolean {
  if (exchange.fault === "cut") exchange.hangUp();
  else if (exchange.fault === "cut-in-line") exchange.breakOff('{"model":"small","resp');
  else if (exchange.fault === "error-in-stream") {
    exchange.breakOff(
      `${JSON.stringify({ error: "prediction aborted, token repeat limit reached" })}\n`,
    );
  } else return false;
  return true;
}
