/**
 * A lean stand-in for two vLLM servers, run in a process of its own (start-bench-server.ts), so that the
 * client's CPU time is the client's alone. It writes each token at its own time, in vLLM's wire format, and
 * notes what was asked and how soon an abort arrived. It checks nothing: test/servers/fake-vllm does that.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CLOSE_TAG } from "../thought-script.js";
import {
  type BenchServerOptions,
  CLIENT_HEADER,
  type ServedModel,
  type ServedRequest,
  type ServerNote,
  type ServerOrder,
} from "./bench-server-options.js";
import { type FramedReply, frameReply, RATING } from "./event-frames.js";
import { InjectedFaults, type InStream, strikeAtOnce, strikeStream } from "./injected-faults.js";
import { PacedStream } from "./paced-stream.js";
import { Prefill, type ReadPrompt } from "./prefill.js";
import { sglangScored, vllmScored } from "./score-prompt.js";

const ASSISTANT = "<|im_start|>assistant\n";
const PROMPT = `<|im_start|>user\nGo.<|im_end|>\n${ASSISTANT}`;
const OPENED = `${ASSISTANT}<think>\n`;
/** Of a prompt that nobody counts. */
const UNREAD = { tokens: 10, cached: null };
/** A client that did not wait for a token. */
const LEFT = { aborted: true, tokensWritten: 0, tokensWasted: 0, msToAbort: null };
/** What a judge's rating line ends in. */
const RATING_LINE_END = ": [";
const MAX_MODEL_LEN = 100_000;
/** Five hundred chains connect at once. */
const BACKLOG = 4096;

let options: BenchServerOptions | null = null;
let reply: FramedReply | null = null;
let prefill: Prefill | null = null;
let faults: InjectedFaults | null = null;
let requests: ServedRequest[] = [];

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: String(error), code: 500 } }));
  });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (options === null || reply === null) throw new Error("The server was not configured.");
  await sleep(options.msPerRequest);
  const path = request.url ?? "";
  const fault = faults?.next(path.endsWith("/completions")) ?? null;
  if (fault !== null && strikeAtOnce(response, fault.kind)) return;
  const client = String(request.headers[CLIENT_HEADER]);
  const ready = readyReply(path, body) ?? (await scored(client, path, body));
  if (ready !== null) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(ready));
    return;
  }
  const model = body.model === "large" ? "large" : "small";
  const { tokens, from } = tokensFor(reply, path, body);
  const left = whenLeft(response);
  const prompt = await readPrompt(model, body, left);
  if (left.aborted) {
    requests.push({ client, model, path, ...countsOf(prompt), ...LEFT });
    return;
  }
  const rest = from === 0 ? tokens : tokens.slice(from);
  const stream = new PacedStream(response, {
    path,
    body,
    tokens: fault !== null && "after" in fault ? rest.slice(0, fault.after) : rest,
    msPerToken: options.msPerToken[model],
    prompt,
    thenInstead:
      fault === null ? undefined : (reply) => strikeStream(reply, fault.kind as InStream),
  });
  const written = await stream.write();
  keepWritten(model, body, tokens.slice(from, from + written.tokensWritten));
  requests.push({ client, model, path, ...countsOf(prompt), ...written });
}

/** Aborts when the client closes the connection. */
function whenLeft(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  if (response.closed) left.abort();
  else response.once("close", () => left.abort());
  return left.signal;
}

/** Costs what is not cached of it. */
async function readPrompt(
  model: ServedModel,
  { prompt }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) {
  if (prefill === null || typeof prompt !== "string") return UNREAD;
  return prefill.read(model, prefill.tokenizer.encode(prompt), { signal });
}

function keepWritten(
  model: ServedModel,
  { prompt }: Readonly<Record<string, unknown>>,
  written: FramedReply["thought"],
): void {
  if (prefill === null || typeof prompt !== "string") return;
  prefill.keep(model, prefill.tokenizer.encode(prompt + written.map(({ text }) => text).join("")));
}

function countsOf({ tokens, cached }: ReadPrompt | typeof UNREAD) {
  return cached === null
    ? { promptTokens: 0, cachedTokens: 0 }
    : { promptTokens: tokens, cachedTokens: cached };
}

/** A given text's log-probabilities, asked for in vLLM's way or in SGLang's. */
async function scored(
  client: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<object | null> {
  const isNative = path === "/generate";
  if (prefill === null || options === null || !(isNative || "prompt_logprobs" in body)) return null;
  // SGLang has one model a server, and no name for it.
  const model = body.model === "small" ? "small" : "large";
  const { reply, prompt } = await (isNative ? sglangScored : vllmScored)(prefill, model, body);
  const tokensWritten = isNative ? 0 : 1;
  await sleep(tokensWritten * options.msPerToken[model]);
  const whole = { aborted: false, tokensWasted: 0, msToAbort: null };
  requests.push({ client, model, path, ...countsOf(prompt), tokensWritten, ...whole });
  return reply;
}

/** With a tokenizer of its own, where prompts are counted. */
function tokenized(path: string, body: Readonly<Record<string, unknown>>): object | null {
  if (prefill === null) return null;
  if (path.endsWith("/detokenize")) {
    const text = prefill.tokenizer.decode(body.tokens as readonly number[]);
    return { prompt: text, text };
  }
  if (!path.endsWith("/tokenize")) return null;
  const [message] = (body.messages ?? []) as { content: string }[];
  const rendered = `<|im_start|>user\n${message?.content}<|im_end|>\n${ASSISTANT}`;
  const tokens = prefill.tokenizer.encode(typeof body.prompt === "string" ? body.prompt : rendered);
  return { count: tokens.length, max_model_len: MAX_MODEL_LEN, tokens };
}

function readyReply(path: string, body: Readonly<Record<string, unknown>>): object | null {
  const read = tokenized(path, body);
  if (read !== null) return read;
  if (path === "/version") return { version: "0.32.0" };
  if (path === "/server_info") return { version: "0.5.23" };
  if (path === "/v1/models") {
    const data = ["small", "large"].map((id) => ({ id, owned_by: "vllm" }));
    return { object: "list", data };
  }
  if (path === "/tokenize") {
    return { count: 8, max_model_len: MAX_MODEL_LEN, tokens: [1, 2, 3, 4, 5, 6, 7, 8] };
  }
  if (path === "/detokenize") return { prompt: PROMPT };
  return null;
}

/** What is left to write, told from the prompt: whoever wrote what stands there. */
function tokensFor(
  { thought, answer, indexAt }: FramedReply,
  path: string,
  { prompt }: Readonly<Record<string, unknown>>,
): { tokens: FramedReply["thought"]; from: number } {
  if (path.endsWith("/chat/completions")) return { tokens: [...thought, ...answer], from: 0 };
  const at = typeof prompt === "string" ? prompt.indexOf(OPENED) : -1;
  if (typeof prompt !== "string" || at === -1) {
    throw new Error(`Expected a prompt with an opened thought, got ${prompt}.`);
  }
  if (prompt.endsWith(RATING_LINE_END)) return { tokens: [RATING], from: 0 };
  const closed = prompt.lastIndexOf(CLOSE_TAG);
  // A part of the answer may be there already, where its stream was cut.
  if (closed !== -1) return { tokens: answer, from: prompt.slice(closed).split(" so").length - 1 };
  return { tokens: thought, from: indexAt(prompt.length - at - OPENED.length) };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  return text === "" ? {} : JSON.parse(text);
}

function tell(note: ServerNote): void {
  process.send?.(note);
}

process.on("message", (order: ServerOrder) => {
  if (order.type === "report") {
    tell({ type: "report", requests });
    requests = [];
    return;
  }
  options = order.options;
  reply = frameReply(order.options.shape);
  prefill = order.options.prefill === undefined ? null : new Prefill(order.options.prefill);
  faults = order.options.faults === undefined ? null : new InjectedFaults(order.options.faults);
  tell({ type: "configured" });
});
// The bench is over, or died.
process.on("disconnect", () => process.exit());

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", BACKLOG, () =>
  tell({ type: "listening", port: (server.address() as AddressInfo).port }),
);
