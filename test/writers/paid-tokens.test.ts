import type { ChatOpenAIFields } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import type { FakeServer } from "../servers/http/start-fake.js";
import { llamacppPair } from "./llamacpp/llamacpp-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "./vllm/vllm-setup.js";

type Server = Pick<FakeServer, "baseURL" | "to">;

/** A pair of fake servers that tell of their caches, or do not. */
const KINDS: readonly (readonly [string, (tells: boolean) => Promise<readonly Server[]>])[] = [
  ["vllm", (tells) => Promise.all([0, 1].map(() => fakeVllm(tells ? { cacheBlock: 4 } : {})))],
  ["sglang", (tells) => Promise.all([0, 1].map(() => fakeSglang({ cacheReport: tells })))],
];

interface Asked {
  readonly tells?: boolean;
  readonly router?: Partial<GlimpRouterFields>;
  readonly small?: ChatOpenAIFields;
}

async function paid(
  start: (tells: boolean) => Promise<readonly Server[]>,
  { tells = true, router = {}, small = {} }: Asked = {},
) {
  const [one, other] = await start(tells);
  if (one === undefined || other === undefined) throw new Error("two servers");
  const model = new GlimpRouterChatModel({
    small: chatOpenAI(one, { temperature: 0, ...small }),
    large: chatOpenAI(other, { temperature: 0 }),
    ...router,
  });
  const message = await model.invoke("2+2?");
  return { message, record: recordOf(message), small: counted(one), large: counted(other) };
}

/** What a server counted of its text completions. */
function counted(server: Server) {
  const asked = server.to("/v1/completions");
  const sum = (of: (each: { all: number; cached: number }) => number, from = asked) =>
    from.reduce((total, { promptTokens }) => total + (promptTokens ? of(promptTokens) : 0), 0);
  const cachedIn = (from: typeof asked) => sum(({ cached }) => cached, from);
  return { asked, input: sum(({ all }) => all), cached: cachedIn(asked), cachedIn };
}

describe.each(KINDS)("cached tokens on %s", (_kind, start) => {
  it("are those that the server told at the end of its streams", async () => {
    const { record, message, small, large } = await paid(start);
    const { usage } = record;
    expect(usage.large).toMatchObject({ input_tokens: large.input, cached_tokens: large.cached });
    expect(usage.large.cached_tokens).toBeGreaterThan(0);
    // Its streams were left, at the hand-off and at the closing tag: their running totals tell nothing of it.
    expect(usage.small).toMatchObject({ input_tokens: small.input, cached_tokens: null });
    expect(small.cached).toBeGreaterThan(0);
    expect(message.usage_metadata).toMatchObject({
      input_tokens: small.input + large.input,
      input_token_details: { cache_read: large.cached },
    });
  });

  it("of probes are small's, too; not of the step that closes the thought", async () => {
    const { record, small } = await paid(start, { router: { glimpse: "probe" } });
    const ended = small.asked.slice(0, -1);
    expect(record.usage.small.cached_tokens).toBe(small.cachedIn(ended));
    expect(small.cachedIn(ended)).toBeGreaterThan(0);
  });

  it("are unknown where it does not tell", async () => {
    const { record, message } = await paid(start, { tells: false });
    expect(record.usage.small.cached_tokens).toBeNull();
    expect(record.usage.large.cached_tokens).toBeNull();
    expect(message.usage_metadata).not.toHaveProperty("input_token_details");
  });

  it("the glimpsed token of the hand-off is discarded, and no other", async () => {
    const { record } = await paid(start);
    expect(record.usage.small.discarded_tokens).toBe(1);
    expect(record.usage.large.discarded_tokens).toBe(0);
  });
});

it("of SGLang's glimpses that are read anew the cached tokens are told, whoever leaves the stream", async () => {
  // Sure of its first word: at this temperature its other candidates are gone.
  const [first, ...others] = SCRIPT.steps;
  if (first === undefined) throw new Error("a script without steps");
  const script = { ...SCRIPT, steps: [{ ...first, entropy: 1e-5 }, ...others] };
  const start = async () =>
    Promise.all([0, 1].map(() => fakeSglang({ cacheReport: true, script })));
  const { record, small } = await paid(start, { small: { temperature: 0.05 } });
  // The first two measure the temperature, and are no part of the reply.
  const anew = small.asked.filter(({ body }) => body.stream !== true).slice(2);
  expect(anew.length).toBeGreaterThan(0);
  expect(small.cachedIn(anew)).toBeGreaterThan(0);
  expect(record.usage.small.cached_tokens).toBe(small.cachedIn(anew));
});

describe("cached tokens on llama.cpp", () => {
  async function llamacpp(modelKwargs: Record<string, unknown> = {}) {
    const { small, large } = await llamacppPair();
    const start = async () => [small, large];
    return paid(start, { small: { modelKwargs } });
  }

  it("are told at the end of every stream", async () => {
    const { record, large } = await llamacpp();
    expect(record.usage.large.cached_tokens).toBe(large.cached);
    expect(large.cached).toBeGreaterThan(0);
    expect(record.usage.small).toMatchObject({ cached_tokens: null, estimated: true });
  });

  it("and at every token with `timings_per_token`: no stream that is left is an estimate", async () => {
    const { record, small } = await llamacpp({ timings_per_token: true });
    expect(small.asked.every(({ body }) => body.timings_per_token === true)).toBe(true);
    expect(record.usage.small).toMatchObject({
      input_tokens: small.input,
      cached_tokens: small.cached,
      // Two hand-offs.
      discarded_tokens: 2,
      estimated: false,
    });
    expect(small.cached).toBeGreaterThan(0);
  });
});
