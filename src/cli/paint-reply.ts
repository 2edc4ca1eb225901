import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk } from "@langchain/core/messages";
import type { RoutingRecord } from "../router/route-trace.js";
import { type Shown, show, type Tint, tint, write } from "./terminal.js";

/** What `glimprouter_step` tells about a step. */
interface Decision {
  readonly step: number;
  readonly route: "small" | "large";
  readonly entropy: number;
}

const TINT: Readonly<Record<Decision["route"], Tint>> = { small: "green", large: "magenta" };

interface PaintOptions {
  readonly signal?: AbortSignal;
  readonly callbacks?: readonly BaseCallbackHandler[];
}

/**
 * Streams a routed reply: each step tinted by its writer with its H_init, then the answer.
 *
 * @returns the reply's routing record
 */
export async function paintReply(
  model: BaseChatModel,
  question: string,
  options: PaintOptions = {},
): Promise<RoutingRecord> {
  let route: Decision["route"] = "small";
  let fresh = false;
  const handler = BaseCallbackHandler.fromMethods({
    handleCustomEvent: (_name: string, decision: Decision) => {
      route = decision.route;
      fresh = true;
      write(show`\n${stepLabel(decision)}`);
    },
  });
  // The decision must be printed before the text it is about.
  handler.awaitHandlers = true;
  let record: RoutingRecord | undefined;
  let answering = false;
  const call = { ...options, callbacks: [handler, ...(options.callbacks ?? [])] };
  for await (const chunk of await model.stream(question, call)) {
    const thought = thoughtOf(chunk);
    if (thought !== "") {
      write(tint(TINT[route], fresh ? thought.trimStart() : thought));
      fresh = false;
    }
    if (chunk.text !== "") {
      if (!answering) write(show`\n\n${tint("bold", "answer")}  `);
      answering = true;
      write(tint("bold", chunk.text));
    }
    record = (chunk.response_metadata.glimprouter as RoutingRecord | undefined) ?? record;
  }
  if (record === undefined) throw new Error("The reply ended without its routing record.");
  return record;
}

function stepLabel({ step, route, entropy }: Decision): Shown {
  return tint(TINT[route], `${String(step).padStart(3)} ${route}  H ${entropy.toFixed(2)}  `);
}

function thoughtOf(chunk: AIMessageChunk): string {
  const thought: unknown = chunk.additional_kwargs.reasoning_content;
  return typeof thought === "string" ? thought : "";
}

/** The summary line of a reply. */
export function summaryOf(record: RoutingRecord): string {
  const { steps, interventionRate, largeShare, requests } = record;
  const ms = [...steps, record.answer].reduce((sum, part) => sum + (part?.ms ?? 0), 0);
  return [
    `${steps.length} steps`,
    `${percent(interventionRate)} by large`,
    `${percent(largeShare)} of the tokens by large`,
    `${requests.small + requests.large} requests`,
    `${(ms / 1000).toFixed(2)} s`,
  ].join(", ");
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
