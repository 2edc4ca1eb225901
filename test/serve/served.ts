import type { GlimpRouterChatModel } from "../../src/index.js";
import { createHandler, type HandlerOptions } from "../../src/serve/index.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";

export const QUESTION = [{ role: "user", content: "2+2?" }];

type Body = Readonly<Record<string, unknown>>;

/** A handler over a router, and ways of asking it. */
export function served(
  router: GlimpRouterChatModel = scriptedRouter().router,
  options: Omit<Extract<HandlerOptions, { router: GlimpRouterChatModel }>, "router"> = {},
) {
  const handler = createHandler({ ...options, router });
  const post = (body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    handler(
      new Request("http://127.0.0.1:8787/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  const get = (path: string, headers: Record<string, string> = {}) =>
    handler(new Request(`http://127.0.0.1:8787${path}`, { headers }));
  const ask = (body: Body = {}) => post({ model: "glimprouter", messages: QUESTION, ...body });
  return { handler, post, get, ask };
}

export interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: Readonly<Record<string, unknown>>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Body;
  readonly glimprouter?: Body;
  readonly error?: Body;
}

/** The events of a stream, as they stand in it. */
export async function eventsOf(response: Response): Promise<readonly string[]> {
  const text = await response.text();
  return text.split("\n\n").slice(0, -1);
}

/** A stream that ended well: its chunks. */
export async function chunksOf(response: Response): Promise<readonly Chunk[]> {
  const events = await eventsOf(response);
  if (events.at(-1) !== "data: [DONE]") throw new Error(`No [DONE]: ${events.at(-1)}`);
  return events.slice(0, -1).map(readEvent);
}

export function readEvent(event: string): Chunk {
  return JSON.parse(event.slice("data: ".length)) as Chunk;
}

export function joined(chunks: readonly Chunk[], field: string): string {
  return chunks.map(({ choices }) => choices[0]?.delta[field] ?? "").join("");
}

/** What a client is told of a failure. */
export async function errorOf(response: Response): Promise<{
  readonly status: number;
  readonly error: { message: string; type: string; param: string | null; code: string | null };
}> {
  const { error } = (await response.json()) as { error: never };
  return { status: response.status, error };
}

export function headersOf(response: Response): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    headers[name] = value;
  });
  return headers;
}
