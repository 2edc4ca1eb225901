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
  type ServedRequest,
  type ServerNote,
  type ServerOrder,
} from "./bench-server-options.js";
import { type FramedReply, frameReply } from "./event-frames.js";
import { PacedStream } from "./paced-stream.js";

const PROMPT = "<|im_start|>user\nGo.<|im_end|>\n<|im_start|>assistant\n";
const OPENED = `${PROMPT}<think>\n`;
const MAX_MODEL_LEN = 100_000;
/** Five hundred chains connect at once. */
const BACKLOG = 4096;

let options: BenchServerOptions | null = null;
let reply: FramedReply | null = null;
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
  const ready = readyReply(path);
  if (ready !== null) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(ready));
    return;
  }
  const model = body.model === "large" ? "large" : "small";
  const { tokens, from } = tokensFor(reply, path, body);
  const stream = new PacedStream(response, {
    path,
    body,
    tokens: from === 0 ? tokens : tokens.slice(from),
    msPerToken: options.msPerToken[model],
  });
  const written = await stream.write();
  const client = String(request.headers[CLIENT_HEADER]);
  requests.push({ client, model, path, ...written });
}

function readyReply(path: string): object | null {
  if (path === "/version") return { version: "0.32.0" };
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
  if (typeof prompt !== "string" || !prompt.startsWith(OPENED)) {
    throw new Error(`Expected a prompt that begins with the opened thought, got ${prompt}.`);
  }
  if (prompt.includes(CLOSE_TAG)) return { tokens: answer, from: 0 };
  return { tokens: thought, from: indexAt(prompt.length - OPENED.length) };
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
  tell({ type: "configured" });
});
// The bench is over, or died.
process.on("disconnect", () => process.exit());

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", BACKLOG, () =>
  tell({ type: "listening", port: (server.address() as AddressInfo).port }),
);
