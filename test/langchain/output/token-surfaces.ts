import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { type AIMessageChunk, type BaseMessageChunk, HumanMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { createAgent } from "langchain";
import type { GlimpRouterChatModel } from "../../../src/index.js";

/** What one surface showed of a reply, piece by piece. */
export interface Shown {
  readonly thought: string[];
  readonly answer: string[];
}

/** A way in which LangChain or LangGraph hands out tokens. */
export type Surface = (model: GlimpRouterChatModel, prompt: string) => Promise<Shown>;

/** A graph of one node that asks the model; the node passes nothing on. */
export function graphOf(model: GlimpRouterChatModel) {
  return new StateGraph(MessagesAnnotation)
    .addNode("think", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addEdge("__start__", "think")
    .addEdge("think", "__end__")
    .compile();
}

export function inputOf(prompt: string) {
  return { messages: [new HumanMessage(prompt)] };
}

/** Every surface by its name. */
export const SURFACES: Readonly<Record<string, Surface>> = {
  "model.stream()": async (model, prompt) => ofChunks(await model.stream(prompt)),

  "model.streamEvents() v2": async (model, prompt) =>
    ofEvents(model.streamEvents(prompt, { version: "v2" })),

  "model.streamEvents() without version": async (model, prompt) => {
    const shown = nothing();
    for await (const event of model.streamEvents(prompt)) addBlockEvent(shown, event);
    return shown;
  },

  "a plain handler's handleLLMNewToken": async (model, prompt) => {
    const shown = nothing();
    const handler = BaseCallbackHandler.fromMethods({
      handleLLMNewToken: (_token, _index, _runId, _parent, _tags, fields) => {
        const { chunk } = fields as unknown as { chunk: { message: AIMessageChunk } };
        addChunk(shown, chunk.message);
      },
    });
    handler.awaitHandlers = true;
    for await (const _chunk of await model.stream(prompt, { callbacks: [handler] }));
    return shown;
  },

  "a RunnableSequence's stream()": async (model, prompt) => {
    const chain = ChatPromptTemplate.fromMessages([["human", "{tape}"]]).pipe(model);
    return ofChunks(await chain.stream({ tape: prompt }));
  },

  "a RunnableSequence's streamEvents() v2": async (model, prompt) => {
    const chain = ChatPromptTemplate.fromMessages([["human", "{tape}"]]).pipe(model);
    return ofEvents(chain.streamEvents({ tape: prompt }, { version: "v2" }));
  },

  "a graph's streamMode messages": async (model, prompt) => {
    const shown = nothing();
    const stream = await graphOf(model).stream(inputOf(prompt), { streamMode: "messages" });
    for await (const [message] of stream) addChunk(shown, message as AIMessageChunk);
    return shown;
  },

  "a graph's streamEvents() v2": async (model, prompt) =>
    ofEvents(graphOf(model).streamEvents(inputOf(prompt), { version: "v2" })),

  "a graph's streamEvents() v3": async (model, prompt) => {
    const shown = nothing();
    const events = await graphOf(model).streamEvents(inputOf(prompt), { version: "v3" });
    for await (const event of events) {
      if (event.method === "messages") addBlockEvent(shown, event.params.data);
    }
    return shown;
  },

  "createAgent().stream()": async (model, prompt) => {
    const shown = nothing();
    const agent = createAgent({ model, tools: [] });
    const stream = await agent.stream(inputOf(prompt), { streamMode: "messages" });
    for await (const [message] of stream) addChunk(shown, message as AIMessageChunk);
    return shown;
  },
};

function nothing(): Shown {
  return { thought: [], answer: [] };
}

async function ofChunks(chunks: AsyncIterable<BaseMessageChunk>): Promise<Shown> {
  const shown = nothing();
  for await (const chunk of chunks) addChunk(shown, chunk);
  return shown;
}

async function ofEvents(
  events: AsyncIterable<{ readonly event: string; readonly data: { readonly chunk?: unknown } }>,
): Promise<Shown> {
  const shown = nothing();
  for await (const { event, data } of events) {
    if (event === "on_chat_model_stream") addChunk(shown, data.chunk as AIMessageChunk);
  }
  return shown;
}

function addChunk(shown: Shown, chunk: BaseMessageChunk): void {
  const { reasoning_content } = chunk.additional_kwargs;
  if (typeof reasoning_content === "string") shown.thought.push(reasoning_content);
  if (chunk.text !== "") shown.answer.push(chunk.text);
}

function addBlockEvent(shown: Shown, event: unknown): void {
  const { event: type, delta } = event as {
    readonly event: string;
    readonly delta?: { readonly text?: string; readonly reasoning?: string };
  };
  if (type !== "content-block-delta") return;
  if (delta?.reasoning !== undefined) shown.thought.push(delta.reasoning);
  if (delta?.text !== undefined) shown.answer.push(delta.text);
}
