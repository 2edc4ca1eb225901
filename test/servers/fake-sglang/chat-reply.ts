import type { Exchange } from "../fake-vllm/exchange.js";
import { ToolCallDeltas } from "../fake-vllm/tool-call-delta.js";
import { breaksOff, type Completion, usageOf, withFault } from "./completion-reply.js";
import { generate, type SglangChunk } from "./generate.js";

const CLOSE = "</think>";

/** Which parsers the server was started with, and whether the request lets them at the text. */
export interface ChatParsers {
  /** `--reasoning-parser deepseek-r1`: every reply begins in a thought, whatever the prompt holds. */
  readonly reasoning: boolean;
  readonly tools: boolean;
}

/**
 * Streams a chat reply: the role, then the text as its parsers sort it, then the end in a chunk of its own.
 * What the reasoning parser takes for a thought never reaches the tool parser.
 */
export async function replyInChat(
  exchange: Exchange,
  completion: Completion,
  parsers: ChatParsers,
): Promise<void> {
  const { script, sampling, body, delayMs } = completion;
  const stats = (body.stream_options ?? {}) as Record<string, unknown>;
  const calls = parsers.tools ? new ToolCallDeltas() : null;
  let thinking = parsers.reasoning;
  let written = 0;
  const usage = () => (stats.continuous_usage_stats ? usageOf(completion, written) : null);
  const send = (delta: object, end: Partial<SglangChunk> = {}, tokens = 0) => {
    const choice = { index: 0, delta, logprobs: null, finish_reason: end.finish ?? null };
    const chunk = { id: "fake", object: "chat.completion.chunk", choices: [choice] };
    const shaped = (calls?.reshape(chunk) ?? chunk) as typeof chunk;
    const [parsed = choice] = shaped.choices;
    const matched = end.finish == null ? {} : { matched_stop: end.matched ?? null };
    const choices = [{ ...parsed, ...matched }];
    return exchange.send({ ...shaped, choices, usage: usage() }, tokens, delayMs);
  };
  exchange.beginStream();
  if (exchange.fault === "close-after-headers") return exchange.hangUp();
  await exchange.send({ choices: [{ index: 0, delta: { role: "assistant", content: "" } }] });
  for (const given of generate(script, sampling)) {
    const chunk = withFault(exchange, given);
    const tokens = chunk.tokens.length;
    written += tokens;
    if (thinking) {
      const [reasoning = "", answer] = chunk.text.split(CLOSE);
      thinking = answer === undefined;
      const choices = [{ index: 0, delta: { reasoning_content: reasoning }, finish_reason: null }];
      await exchange.send({ choices, usage: usage() }, tokens, delayMs);
      if (answer) await send({ content: answer });
    } else await send({ content: chunk.text }, {}, tokens);
    if (exchange.record.aborted || (await breaksOff(exchange))) return;
    if (chunk.finish !== null) await send({}, chunk);
  }
  if (stats.include_usage) {
    await exchange.send({ choices: [], usage: usageOf(completion, written) });
  }
  exchange.endStream();
}
