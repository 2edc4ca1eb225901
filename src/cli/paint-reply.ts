import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk } from "@langchain/core/messages";
import type { RoutingRecord } from "../router/route-trace.js";
import { type ChunkPart, type Decision, StepPainter } from "./step-painter.js";
import { show, tint, write } from "./terminal.js";

interface PaintOptions {
  readonly signal?: AbortSignal;
  readonly callbacks?: readonly BaseCallbackHandler[];
}

/**
 * Streams a routed reply: each part tinted by its writer with the value that was decided by, then the answer.
 *
 * @returns the reply's routing record
 */
export async function paintReply(
  model: BaseChatModel,
  question: string,
  options: PaintOptions = {},
): Promise<RoutingRecord> {
  const painter = new StepPainter();
  const handler = BaseCallbackHandler.fromMethods({
    handleCustomEvent: (name: string, data: Decision) => {
      if (name === "glimprouter_step") painter.decide(data);
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
      painter.show(thought, chunk.response_metadata.glimprouter_part as ChunkPart);
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
    [`${requests.small + requests.large} requests`, ...besides(requests)].join(" + "),
    `${(ms / 1000).toFixed(2)} s`,
  ].join(", ");
}

/** Those beside the thought. */
function besides({ verify, watch }: RoutingRecord["requests"]): readonly string[] {
  return [
    ...(verify === undefined ? [] : [`${verify} to judge`]),
    ...(watch === undefined ? [] : [`${watch} to watch`]),
  ];
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
