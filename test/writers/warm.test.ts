import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import {
  type Continuation,
  GlimpRouterChatModel,
  type GlimpRouterFields,
} from "../../src/index.js";
import type { StepWriter } from "../../src/router/step-writer.js";
import { FAILURES_IN_A_ROW } from "../../src/writers/connection/circuit-breaker.js";
import { openAIAccess } from "../../src/writers/connection/openai-client.js";
import { vllmWriter } from "../../src/writers/vllm/vllm.js";
import { recordOf } from "../langchain/record-of.js";
import type { FakeServer } from "../servers/http/start-fake.js";
import { fakeLlamacpp } from "./llamacpp/llamacpp-setup.js";
import { fakeOllama } from "./ollama/ollama-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm, PROMPT } from "./vllm/vllm-setup.js";

const template: Continuation = {
  template:
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n",
  serverAddsBos: true,
};

const HEADER = "x-session-id";

/** Each way of going on with a thought, a server for it, and where its requests go. */
const KINDS: readonly [string, () => Promise<FakeServer<string>>, Continuation, string][] = [
  ["vllm", fakeVllm, "vllm", "/v1/completions"],
  ["vllm-chat", fakeVllm, "vllm-chat", "/v1/chat/completions"],
  ["sglang", fakeSglang, "sglang", "/v1/completions"],
  ["llamacpp", fakeLlamacpp, "llamacpp", "/v1/completions"],
  ["ollama", fakeOllama, "ollama", "/api/generate"],
  ["template", fakeVllm, template, "/v1/completions"],
];

/** A request for one token behind a text: of a thought's own requests none is. */
function isWarming({ body }: FakeServer["requests"][number]): boolean {
  const { max_tokens, options, raw, stream } = body as {
    max_tokens?: number;
    options?: { num_predict?: number };
    raw?: boolean;
    stream?: boolean;
  };
  // Ollama's way of counting a prompt is a whole reply.
  const isOfOllama = raw === true && stream === true;
  return max_tokens === 1 || (isOfOllama && options?.num_predict === 1);
}

async function replyOf(
  [, start, continuation, path]: (typeof KINDS)[number],
  fields: Partial<GlimpRouterFields>,
  prepare: (large: FakeServer<string>) => void = () => undefined,
) {
  const [small, large] = [await start(), await start()];
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large, { maxRetries: 3 }),
    continuation,
    affinity: { header: HEADER },
    ...fields,
  } as GlimpRouterFields);
  prepare(large);
  const message = await router.invoke("2+2?");
  return { warming: large.to(path).filter(isWarming), message, record: recordOf(message) };
}

const WARM = { warm: { models: "large", minTokens: 4 } } as const;

describe("warm", () => {
  it.each(KINDS)(
    "%s: reads prompt and thought, streamed, for one token without candidates",
    async (...kind) => {
      const { warming, record } = await replyOf(kind, WARM);
      expect(warming.length).toBeGreaterThan(0);
      const inputTokens = expect.any(Number);
      expect(record.warm).toEqual({ requests: warming.length, inputTokens, failed: 0 });
      for (const { body, headers } of warming) {
        expect(body).toMatchObject({ stream: true });
        expect(body).not.toHaveProperty("top_logprobs");
        if (kind[0] !== "vllm-chat") expect(body).not.toHaveProperty("logprobs");
        expect(headers[HEADER]).toMatch(/^[0-9a-f]{32}$/);
      }
    },
  );

  const [vllm] = KINDS as [(typeof KINDS)[number]];

  it("changes nothing in the reply", async () => {
    const [warm, plain] = [await replyOf(vllm, WARM), await replyOf(vllm, {})];
    expect(plain.warming).toEqual([]);
    expect(plain.record).not.toHaveProperty("warm");
    expect(warm.message.text).toBe(plain.message.text);
    expect(warm.message.additional_kwargs).toEqual(plain.message.additional_kwargs);
    const routes = ({ record }: typeof warm) => record.steps.map(({ route }) => route);
    expect(routes(warm)).toEqual(routes(plain));
    expect(warm.record.requests).toEqual(plain.record.requests);
    const total = (of: typeof warm) => of.message.usage_metadata?.input_tokens ?? Number.NaN;
    expect(total(warm)).toBe(total(plain) + (warm.record.warm?.inputTokens ?? Number.NaN));
  });

  it("an error of it is told nobody, and not tried again", async () => {
    // The breaker loads it at a first failure: the fake answers faster than that.
    await import("cockatiel");
    const { warming, record } = await replyOf(vllm, WARM, (large) =>
      large.fail("server-error", { path: "/v1/completions" }),
    );
    expect(record.warm).toEqual({ requests: 1, inputTokens: 0, failed: 1 });
    expect(warming).toHaveLength(1);
    expect(record).not.toHaveProperty("retries");
    expect(record).not.toHaveProperty("degraded");
  });
});

it("a server that is left alone for its failures is not sent any", async () => {
  const server = await fakeVllm();
  const writer = vllmWriter(chatOpenAI(server), "large") as StepWriter &
    Required<Pick<StepWriter, "warm">>;
  const opening = await writer.open(PROMPT);
  server.fail("server-error", { path: "/v1/completions", times: FAILURES_IN_A_ROW });
  const { signal } = new AbortController();
  for (let failure = 0; failure < FAILURES_IN_A_ROW; failure++) {
    const written = writer.write(opening, "", { maxTokens: 1, topLogprobs: 0 }, signal);
    await expect(written[Symbol.asyncIterator]().next()).rejects.toThrow();
  }
  expect(writer.warm(opening, "", signal)).toBeNull();
  expect(server.to("/v1/completions")).toHaveLength(FAILURES_IN_A_ROW);
});

describe("warm and the model's own `maxConcurrency`", () => {
  const slots = async (maxConcurrency: number) => {
    const server = await fakeVllm({ tokenDelayMs: 5, requestDelayMs: 30 });
    const model = chatOpenAI(server, { maxConcurrency });
    const writer = vllmWriter(model, "large") as StepWriter & Required<Pick<StepWriter, "warm">>;
    const opening = await writer.open(PROMPT);
    const { signal } = new AbortController();
    return { server, writer, opening, signal, model };
  };

  it("one slot alone is never taken", async () => {
    const { server, writer, opening, signal } = await slots(1);
    expect(writer.warm(opening, "", signal)).toBeNull();
    expect(server.to("/v1/completions")).toEqual([]);
  });

  it("of two slots one is lent, and not the last one", async () => {
    const { server, writer, opening, signal } = await slots(2);
    const first = writer.warm(opening, "", signal);
    expect(first).not.toBeNull();
    expect(writer.warm(opening, "", signal)).toBeNull();
    await first;
    expect(server.to("/v1/completions")).toHaveLength(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await writer.warm(opening, "", signal);
    expect(server.to("/v1/completions")).toHaveLength(2);
  });

  it("who needs the slot has it at once: what is read ahead is given up", async () => {
    const { writer, opening, signal, model } = await slots(2);
    const lent = writer.warm(opening, "", signal);
    const given = expect(lent).rejects.toMatchObject({ name: "AbortError" });
    let free = (): void => undefined;
    const other = openAIAccess(model, "large").caller.callWithOptions(
      {},
      () =>
        new Promise<void>((resolve) => {
          free = resolve;
        }),
    );
    const written = writer.write(opening, "", { maxTokens: 1, topLogprobs: 0 }, signal);
    const read = written[Symbol.asyncIterator]().next();
    await given;
    expect((await read).done).toBe(false);
    free();
    await other;
  });
});
