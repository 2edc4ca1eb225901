import type { BaseMessage } from "@langchain/core/messages";
import { estimateTokens } from "../../core/estimate-tokens.js";
import { tokenCost } from "../../core/reply-cost.js";
import type { TokenLogprobs } from "../../core/token-distribution.js";
import { meanSurprise } from "../../core/verification/surprise.js";
import type { ResolvedOptions } from "../../langchain/options/chat-model-options.js";
import type { Opening, Role, TokenUsage } from "../../router/step-writer.js";
import type { AskedPair, PairOfWriters } from "./asked-pair.js";
import { chatCall } from "./chat-call.js";
import { AnswerStart, splitThought } from "./split-thought.js";
import { NOTHING, usageOfCall } from "./usage-of.js";
import type { WrittenReply } from "./written-reply.js";

/** How a whole reply is asked for. */
export interface OneCall {
  readonly role: Role;
  readonly writers: PairOfWriters;
  readonly options: ResolvedOptions;
  readonly messages: BaseMessage[];
  /** The log-probability of each token is wanted: of small's reply, for the cascade that is replayed. */
  readonly isScored: boolean;
}

/** A whole text as it came. */
export interface CalledText {
  readonly text: string;
  /** Reasoning that came beside the text; `null` where the text has it. */
  readonly reasoning: string | null;
  /** Until the answer's first token. */
  readonly msToAnswer: number | null;
  readonly end: "eos" | "stop" | "length" | null;
  readonly usage: TokenUsage | undefined;
  readonly promptTokens: number;
  readonly tokens: readonly TokenLogprobs[];
}

/**
 * A whole reply by one model, in one request: the prompt that the router would render, and no word from us behind it. A
 * model that cannot be continued is called as the chat model that it is.
 */
export async function oneCallReply(
  pair: Pick<AskedPair, "models" | "errorOf">,
  call: OneCall,
  signal: AbortSignal,
): Promise<WrittenReply> {
  const startedAt = Date.now();
  const begin = performance.now();
  const now = () => performance.now() - begin;
  const { role, writers } = call;
  const isPrompted = writers[role].kind === "ask";
  try {
    const called = isPrompted
      ? await chatCall(pair.models[role], call, signal, now)
      : await textCall(call, signal, now);
    return { ...replyOf(called, call), startedAt, ms: now(), failure: null };
  } catch (error) {
    signal.throwIfAborted();
    const failure = pair.errorOf(error, role);
    return { ...replyOf(NOT_CALLED, call), startedAt, ms: now(), failure };
  }
}

async function textCall(
  { role, writers, options, messages, isScored }: OneCall,
  signal: AbortSignal,
  now: () => number,
): Promise<CalledText> {
  const { thinking } = options;
  const writer = writers[role];
  const opening = await writer.open({ messages, thinking }, signal);
  const how = { maxTokens: roomFor(opening, role, options), topLogprobs: isScored ? 1 : 0 };
  const start = new AnswerStart(thinking);
  const tokens: TokenLogprobs[] = [];
  let text = "";
  let msToAnswer: number | null = null;
  for await (const item of writer.write(opening, "", how, signal)) {
    if (item.type === "end") {
      const { reason, usage } = item;
      const promptTokens = opening.promptTokens ?? 0;
      return { text, reasoning: null, msToAnswer, end: reason, usage, promptTokens, tokens };
    }
    text += item.text;
    tokens.push(...item.tokens);
    if (msToAnswer === null && start.push(item.text)) msToAnswer = now();
  }
  throw new Error(`The ${role} model's text ended without a reason.`);
}

/** As many tokens as a routed reply may have: those of the thought and those of the answer. */
function roomFor(
  { contextSize, promptTokens }: Opening,
  role: Role,
  options: ResolvedOptions,
): number {
  const { maxThoughtTokens, maxAnswerTokens, thinking } = options;
  const wanted = thinking === false ? maxAnswerTokens : maxThoughtTokens + maxAnswerTokens;
  const size = options.contextSize[role] ?? contextSize;
  return size === null ? wanted : Math.max(1, Math.min(wanted, size - (promptTokens ?? 0)));
}

const NOT_CALLED: CalledText = {
  text: "",
  reasoning: null,
  msToAnswer: null,
  end: null,
  usage: undefined,
  promptTokens: 0,
  tokens: [],
};

function replyOf(
  called: CalledText,
  { role, options: { thinking, prices }, isScored }: OneCall,
): Omit<WrittenReply, "startedAt" | "ms" | "failure"> {
  const { text, reasoning, end, msToAnswer, tokens } = called;
  const split =
    reasoning === null ? splitThought(text, thinking) : { thought: reasoning, answer: text };
  const wasCalled = end !== null;
  const counted = {
    input_tokens: called.promptTokens,
    output_tokens: tokens.length > 0 ? tokens.length : estimateTokens(text),
  };
  const spent: TokenUsage = wasCalled ? (called.usage ?? counted) : UNPAID;
  const paid = { ...spent, cached_tokens: spent.cached_tokens ?? null };
  const usage = wasCalled ? usageOfCall(called.usage, counted) : NOTHING;
  const other = role === "small" ? "large" : "small";
  return {
    ...split,
    msToAnswer,
    steps: [],
    record: null,
    requests: { [role]: Number(wasCalled), [other]: 0 } as Record<Role, number>,
    usage: { [role]: usage, [other]: NOTHING } as Record<Role, typeof usage>,
    cost: prices === undefined ? null : tokenCost(paid, prices[role]),
    speculation: called.usage?.speculation ?? null,
    stopReason: end,
    isTruncated: end === "length",
    surprise: isScored ? meanSurprise(tokens.filter(hasText)) : null,
  };
}

const UNPAID: TokenUsage = { input_tokens: 0, output_tokens: 0 };

/** What ends a text is listed as a token by some servers. */
function hasText({ token }: TokenLogprobs): boolean {
  return token !== "";
}
