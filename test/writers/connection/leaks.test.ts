import { inspect } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import type { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import type { Continuation } from "../../../src/writers/step-writer-for.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

const KEY = "sk-very-secret-key";
const SECRETS = [
  KEY,
  "x-api-secret",
  "auth-secret",
  "cookie-secret",
  "tenant-secret",
  "alice-user",
  "pass word-secret",
  "pass%20word-secret",
  "default-query-secret",
];

type Echo = (headers: Headers, url: string) => Response;

/** A model with every kind of secret, whose server says what `echo` makes of a request. */
function model(echo: Echo): ChatOpenAI {
  return chatOpenAI(
    { baseURL: "http://alice-user:pass%20word-secret@127.0.0.1:9/v1" },
    {
      apiKey: KEY,
      configuration: {
        fetch: async (url, init) => echo(new Headers(init?.headers), String(url)),
        defaultQuery: { signature: "default-query-secret" },
        defaultHeaders: {
          "x-api-key": "x-api-secret",
          Cookie: "session=cookie-secret; a=b",
          "x-tenant": "tenant-secret",
          "proxy-authorization": "Bearer auth-secret",
        },
      },
    },
  );
}

/** Everything that a request carried, in one text. */
function everything(headers: Headers, url: string): string {
  const listed: string[] = [];
  headers.forEach((value, name) => {
    listed.push(`${name}: ${value}`);
  });
  return `${url} came with ${listed.join(", ")}, decoded ${decodeURIComponent(url)}`;
}

/** `/tokenize` and the like work, so that a stream is opened. */
function rendersThen(echo: Echo): Echo {
  return (headers, url) => {
    const { pathname } = new URL(url);
    if (pathname.endsWith("/apply-template")) return Response.json({ prompt: "Q:" });
    if (pathname.endsWith("/detokenize")) return Response.json({ prompt: "Q:", text: "Q:" });
    if (pathname.endsWith("/tokenize")) return Response.json({ tokens: [1], count: 1 });
    if (pathname.endsWith("/props")) return Response.json({});
    if (pathname.endsWith("/models")) return Response.json({ data: [] });
    return echo(headers, url);
  };
}

function events(...events: readonly object[]): Response {
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const ECHOES: Readonly<Record<string, Echo>> = {
  "F20: a message of 401": (headers, url) =>
    Response.json({ error: { message: everything(headers, url) } }, { status: 401 }),
  "F20: a message in JSON, without an error field": (headers, url) =>
    Response.json({ object: "error", message: everything(headers, url) }, { status: 404 }),
  "F20: a body that is no JSON": (headers, url) =>
    new Response(everything(headers, url), { status: 502 }),
  "F20: a web page": (headers, url) =>
    new Response(everything(headers, url), { headers: { "content-type": "text/html" } }),
  "F22: a field beside a harmless message": (headers, url) =>
    Response.json(
      { error: { message: "No.", param: everything(headers, url), code: `Bearer ${KEY}` } },
      { status: 400 },
    ),
  "F22: a header": (headers) =>
    Response.json(
      { error: { message: "No." } },
      { status: 500, headers: { "x-echo": everything(headers, "http://h"), "x-request-id": KEY } },
    ),
  "F21: the end of a stream": rendersThen((headers, url) =>
    events({ choices: [{ index: 0, text: "", finish_reason: everything(headers, url) }] }),
  ),
  "F20: an error in a stream": rendersThen((headers, url) =>
    events({ error: { message: everything(headers, url), code: KEY, type: KEY } }),
  ),
  "F20: an event that is no JSON": rendersThen(
    () =>
      new Response(`data: Bearer ${KEY}\n\n`, { headers: { "content-type": "text/event-stream" } }),
  ),
  "F21: a refusal of messages without a prompt": () =>
    Response.json(
      { error: { message: `prompt: field required (Bearer ${KEY})` } },
      { status: 400 },
    ),
  "F20: a refusal to continue a message": () =>
    Response.json(
      { error: { message: `continue_final_message is not for ${KEY}` } },
      { status: 400 },
    ),
  "F20: a reply that lacks what it should have": (headers, url) =>
    Response.json({ said: everything(headers, url) }),
  "F20: a token": rendersThen(() => {
    const logprobs = { tokens: [KEY], token_logprobs: [0.5], top_logprobs: [{ [KEY]: 0.5 }] };
    return events({ choices: [{ index: 0, text: "a", logprobs }] });
  }),
  "F20: a connection that breaks": (headers, url) => {
    throw new TypeError("fetch failed", { cause: new Error(everything(headers, url)) });
  },
};

const KINDS: Readonly<Record<string, Continuation>> = {
  auto: "auto",
  vllm: "vllm",
  "vllm-chat": "vllm-chat",
  sglang: "sglang",
  llamacpp: "llamacpp",
  template: { template: "{{ messages[0].content }}", serverAddsBos: false },
};

function expectNoSecret(text: string | undefined): void {
  for (const secret of SECRETS) expect(text).not.toContain(secret);
}

describe.each(Object.entries(KINDS))("no error quotes a secret: %s", (_kind, continuation) => {
  it.each(Object.entries(ECHOES))("%s", async (_name, echo) => {
    const [small, large] = [model(echo), model(echo)];
    const router = new GlimpRouterChatModel({ small, large, continuation, glimpse: "fused" });
    const error = await errorOf(router.invoke([new HumanMessage("2+2?")]));
    expectNoSecret(error.message);
    expectNoSecret(error.stack);
    expectNoSecret(JSON.stringify(error));
    expectNoSecret(JSON.stringify(error.cause) ?? "");
    expectNoSecret(inspect(error, { depth: 20, showHidden: true }));
  });
});

describe("no error quotes a secret: a prompted model", () => {
  it.each(Object.entries(ECHOES))("%s", async (_name, echo) => {
    const { askWriter } = await import("../../../src/writers/ask/ask.js");
    const writer = askWriter(model(echo), "large");
    const prompt = { messages: [new HumanMessage("2+2?")], thinking: false } as const;
    const opening = await writer.open(prompt);
    const read = (async () => {
      for await (const _written of writer.write(opening, "", { maxTokens: 9, topLogprobs: 0 }));
      throw new Error("It wrote.");
    })();
    const error: unknown = await read.catch((thrown: unknown) => thrown);
    expectNoSecret(inspect(error, { depth: 20, showHidden: true }));
    expectNoSecret(JSON.stringify(error));
  });
});

it("F20: our own words stay where a header has one of them", async () => {
  const refused = () => Response.json({ error: { message: "The small one." } }, { status: 400 });
  const defaultHeaders = { "x-size": "small" };
  const small = chatOpenAI(
    { baseURL: "http://127.0.0.1:9/v1" },
    { configuration: { fetch: async () => refused(), defaultHeaders } },
  );
  const router = new GlimpRouterChatModel({ small, large: small, continuation: "vllm" });
  const { message } = await errorOf(router.invoke("2+2?"));
  expect(message).toMatch(/^The small model's server at .*: 400 The \[secret\] one\. /);
});

it("F22: a cause that quotes none is the one that was thrown", async () => {
  const refused = () => Response.json({ error: { message: "No.", param: "n" } }, { status: 400 });
  const router = new GlimpRouterChatModel({
    small: model(refused),
    large: model(refused),
    continuation: "vllm",
  });
  const error = await errorOf(router.invoke("2+2?"));
  expect(error.cause).toMatchObject({ cause: { status: 400, param: "n" } });
});
