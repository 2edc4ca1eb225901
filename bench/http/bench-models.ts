import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import type { GlimpRouterChatModel, RoutingRecord } from "../../src/index.js";
import { CLIENT_HEADER, type ServedModel } from "./bench-server-options.js";

/** The bench server as one client sees it. */
export interface BenchAddress {
  readonly baseURL: string;
  /** Names the client in the server's report. */
  readonly client: string;
}

/** A user's model in front of the bench server. */
export function chatOpenAI(
  { baseURL, client }: BenchAddress,
  model: ServedModel,
  fields: Partial<ChatOpenAIFields> = {},
): ChatOpenAI {
  return new ChatOpenAI({
    model,
    apiKey: "none",
    temperature: 0,
    maxRetries: 0,
    configuration: { baseURL, defaultHeaders: { [CLIENT_HEADER]: client } },
    ...fields,
  });
}

export interface StreamedReply {
  readonly text: string;
  readonly thought: string;
  readonly ms: number;
  /** `null`: the model is no router. */
  readonly record: RoutingRecord | null;
}

/** Streams a reply to its end, as an app would that shows it. */
export async function streamReply(
  model: Pick<ChatOpenAI | GlimpRouterChatModel, "stream">,
  prompt = "Go.",
  signal?: AbortSignal,
): Promise<StreamedReply> {
  const start = performance.now();
  let [text, thought] = ["", ""];
  let record: RoutingRecord | null = null;
  for await (const chunk of await model.stream(prompt, signal === undefined ? {} : { signal })) {
    text += chunk.content;
    thought += chunk.additional_kwargs.reasoning_content ?? "";
    record ??= (chunk.response_metadata.glimprouter as RoutingRecord | undefined) ?? null;
  }
  return { text, thought, ms: performance.now() - start, record };
}
