import { describe, expect, it } from "vitest";
import type { ThoughtPrompt } from "../../src/prompt/thought-prompt.js";
import type { Opening, StepWriter } from "../../src/router/step-writer.js";
import { askWriter } from "../../src/writers/ask/ask.js";
import { llamacppWriter } from "../../src/writers/llamacpp/llamacpp.js";
import { sglangWriter } from "../../src/writers/sglang/sglang.js";
import { vllmWriter } from "../../src/writers/vllm/vllm.js";
import { vllmChatWriter } from "../../src/writers/vllm/vllm-chat.js";
import type { FakeServer } from "../servers/http/start-fake.js";
import { fakeLlamacpp } from "./llamacpp/llamacpp-setup.js";
import { fakeSglang } from "./sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm, PROMPT } from "./vllm/vllm-setup.js";

const FIRST = "First we add 2 and 2.\n\n";

interface Scoring {
  readonly server: FakeServer;
  readonly writer: StepWriter<ThoughtPrompt>;
  readonly opening: Opening;
  score(thought: string, text: string, topLogprobs?: number): ReturnType<Score>;
}
type Score = NonNullable<StepWriter["scorePrompt"]>;

async function scoring(server: FakeServer, writer: StepWriter<ThoughtPrompt>): Promise<Scoring> {
  const opening = await writer.open(PROMPT);
  const score = async (thought: string, text: string, topLogprobs = 0) => {
    if (writer.scorePrompt === undefined) throw new Error("cannot score");
    return writer.scorePrompt(opening, thought, text, { topLogprobs });
  };
  return { server, writer, opening, score };
}

const KINDS: readonly [string, () => Promise<Scoring>][] = [
  [
    "vllm",
    async () => {
      const server = await fakeVllm();
      return scoring(server, vllmWriter(chatOpenAI(server), "large"));
    },
  ],
  [
    "sglang",
    async () => {
      const server = await fakeSglang();
      return scoring(server, sglangWriter(chatOpenAI(server), "large"));
    },
  ],
];

describe.each(KINDS)("scorePrompt on %s", (kind, start) => {
  it("the text's tokens, each with its log-probability behind all before it", async () => {
    const { score } = await start();
    const { tokens, usage } = await score(FIRST, "Wait, is that wrong?\n\n", 3);
    expect(tokens.map(({ token }) => token)).toEqual(["Wait,", " is", " that", " wrong?", "\n\n"]);
    const logprobs = tokens.map(({ logprob }) => logprob ?? Number.NaN);
    // The step that the model itself would write begins with an uncertain word; "wrong?" is none of its candidates.
    expect(logprobs[0]).toBeCloseTo(tokens[0]?.top[0]?.logprob ?? Number.NaN, 6);
    expect(logprobs[1]).toBeGreaterThan(-0.1);
    expect(logprobs[3]).toBeLessThan(-5);
    expect(tokens.map(({ top }) => top.length)).toEqual([3, 3, 3, 3, 3]);
    expect(tokens[3]?.top[0]).toEqual({ token: " right?", logprob: expect.any(Number) });
    expect(usage?.input_tokens).toBeGreaterThan(tokens.length);
  });

  it("without candidates it tells none", async () => {
    const { score } = await start();
    const { tokens } = await score("", FIRST);
    expect(tokens).toHaveLength(7);
    expect(tokens.every(({ top, logprob }) => top.length === 0 && logprob !== null)).toBe(true);
  });

  it("a token that holds the thought's end and the text's beginning is the text's", async () => {
    const { score } = await start();
    const { tokens } = await score(FIRST, "\nWait,");
    expect(tokens.map(({ token }) => token)).toEqual(["\n\n\n", "Wait,"]);
  });

  it("asks once, greedily, and for no more than a token", async () => {
    const { server, score } = await start();
    await score(FIRST, "Wait,");
    const [asked, ...others] = server.requests.filter(({ path }) =>
      /completions|generate/.test(path),
    );
    expect(others).toEqual([]);
    expect(asked?.prompt?.endsWith(`<think>\n${FIRST}Wait,`)).toBe(true);
    if (kind === "vllm") {
      expect(asked?.body).toMatchObject({ max_tokens: 1, temperature: 0, prompt_logprobs: 0 });
    } else {
      const { input_ids, logprob_start_len, sampling_params } = asked?.body ?? {};
      // The text has one token, and the one before it tells of it.
      expect(logprob_start_len).toBe((input_ids as readonly number[]).length - 2);
      expect(sampling_params).toEqual({ max_new_tokens: 0, temperature: 0 });
    }
  });

  it("carries the reply's affinity", async () => {
    const { server, writer, opening } = await start();
    const affinity = { header: "x-session-id", id: "abc" };
    await writer.scorePrompt?.({ ...opening, affinity }, FIRST, "Wait,", { topLogprobs: 0 });
    const asked = server.requests.filter(({ path }) => /completions|generate/.test(path));
    expect(asked.map(({ headers }) => headers["x-session-id"])).toEqual(["abc"]);
  });

  it("a server that fails, or answers nonsense, is a typed error; an abort is the abort", async () => {
    const { server, score, writer, opening } = await start();
    const path = kind === "vllm" ? "/v1/completions" : "/generate";
    server.fail("server-error", { path });
    await expect(score(FIRST, "Wait,")).rejects.toMatchObject({
      reason: "server",
      role: "large",
      message: expect.stringContaining("scoring a text"),
    });
    server.fail("html", { path });
    await expect(score(FIRST, "Wait,")).rejects.toMatchObject({ reason: "server" });
    const gone = AbortSignal.abort(new Error("no longer wanted"));
    const aborted = writer.scorePrompt?.(opening, FIRST, "Wait,", { topLogprobs: 0 }, gone);
    await expect(aborted).rejects.toThrow("no longer wanted");
  });
});

it("SGLang's own route names no model: the user's adapter goes along", async () => {
  const server = await fakeSglang();
  const large = chatOpenAI(server, { modelKwargs: { lora_path: "careful", top_k: 5 } });
  const { score } = await scoring(server, sglangWriter(large, "large"));
  await score(FIRST, "Wait,");
  const [asked] = server.to("/generate");
  expect(asked?.body).toMatchObject({ lora_path: "careful" });
  expect(asked?.body).not.toHaveProperty("top_k");
});

it("vllm reads all anew for it, sglang does not", async () => {
  const [vllm, sglang] = [await fakeVllm(), await fakeSglang()];
  expect(vllmWriter(chatOpenAI(vllm), "large").scoresAnew).toBe(true);
  expect(sglangWriter(chatOpenAI(sglang), "large").scoresAnew).toBeUndefined();
});

it("a vLLM whose /tokenize is hidden says so", async () => {
  const server = await fakeVllm({ onlyV1: true });
  const { score } = await scoring(server, vllmWriter(chatOpenAI(server), "large"));
  await expect(score(FIRST, "Wait,")).rejects.toThrow(/scoring a text.*404/);
});

it("servers that cannot have no such method", async () => {
  const [llamacpp, vllm] = [await fakeLlamacpp(), await fakeVllm()];
  const writers = [
    llamacppWriter(chatOpenAI(llamacpp), "large"),
    vllmChatWriter(chatOpenAI(vllm), "large"),
    askWriter(chatOpenAI(vllm), "large"),
  ];
  for (const writer of writers) expect(writer.scorePrompt).toBeUndefined();
});
