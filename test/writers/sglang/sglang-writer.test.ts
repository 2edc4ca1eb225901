import { HumanMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import { entropy } from "../../../src/core/entropy.js";
import { tokenDistribution } from "../../../src/core/token-distribution.js";
import type { Opening, StepWriter } from "../../../src/router/step-writer.js";
import { sglangWriter } from "../../../src/writers/sglang/sglang.js";
import { templateWriter } from "../../../src/writers/template/template.js";
import { PLAIN } from "../../prompt/chat-templates.js";
import { type Collected, collectWritten } from "../../servers/collect-written.js";
import type { FakeSglang } from "../../servers/fake-sglang/fake-sglang-options.js";
import { chatOpenAI, PROMPT, SCRIPT, TAGS } from "../vllm/vllm-setup.js";
import { fakeSglang } from "./sglang-setup.js";

const HOW = { maxTokens: 60, topLogprobs: 20 };
const STEP = { maxTokens: 60, topLogprobs: 0, stop: ["\n\n"] };
const USER = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n";

const servers: FakeSglang[] = [];

afterEach(() => {
  for (const { violations } of servers.splice(0)) expect(violations).toEqual([]);
});

async function opened(
  options: Parameters<typeof fakeSglang>[0] = {},
  fields: Parameters<typeof chatOpenAI>[1] = { temperature: 0 },
): Promise<{ server: FakeSglang; writer: StepWriter; opening: Opening }> {
  const server = await fakeSglang(options);
  servers.push(server);
  const writer = sglangWriter(chatOpenAI(server, fields), "small") as StepWriter;
  return { server, writer, opening: await writer.open(PROMPT) };
}

/** H of the first token. */
function firstEntropy({ items }: Collected): number {
  const first = items.find((item) => item.type === "text");
  const top = first?.type === "text" ? (first.tokens[0]?.top ?? []) : [];
  return entropy(tokenDistribution(top, 20));
}

describe("the prompt's text", () => {
  it("is rendered by the server, from the messages, with its special tokens, under /v1", async () => {
    const { server, opening } = await opened({ onlyV1: true });
    expect(opening).toMatchObject({
      kind: "sglang",
      opensThought: false,
      data: { text: `<s>${USER}<think>\n` },
    });
    expect(server.requests.map(({ path }) => path).sort()).toEqual([
      "/server_info",
      "/v1/detokenize",
      "/v1/detokenize",
      "/v1/models",
      "/v1/tokenize",
      "/v1/tokenize",
    ]);
  });

  it("has the context that is served, not the tokenizer's", async () => {
    const { opening } = await opened({ contextLength: 777, onlyV1: true });
    expect(opening.contextSize).toBe(777);
  });

  it("S9: has no more than an input may have, which the server tells, or than its KV pool holds", async () => {
    expect((await opened({ contextLength: 777 })).opening.contextSize).toBe(771);
    const { opening } = await opened({ contextLength: 777, kvPool: 300 });
    expect(opening.contextSize).toBe(294);
  });

  it("loses its BOS where the tokenizer puts one before every text (rule 19)", async () => {
    const { server, writer, opening } = await opened({ tokenizerAddsBos: true });
    expect(opening.data).toMatchObject({ text: `${USER}<think>\n` });
    await collectWritten(writer.write(opening, "", HOW));
    expect(server.to("/v1/completions")[0]?.prompt).toBe(`<s>${USER}<think>\n`);
  });

  it("asks for the server's habits once", async () => {
    const { server, writer } = await opened();
    await writer.open(PROMPT);
    expect(server.to("/v1/models")).toHaveLength(1);
    expect(server.to("/v1/tokenize")).toHaveLength(3);
  });

  it("gets tools and the template's variables", async () => {
    const server = await fakeSglang({ template: "qwen3" });
    const model = chatOpenAI(server, {
      modelKwargs: { chat_template_kwargs: { enable_thinking: true } },
    });
    const tools = [{ type: "function", function: { name: "add" } }];
    const { data } = await sglangWriter(model, "large").open({
      messages: [new HumanMessage("Hi")],
      thinking: TAGS,
      tools,
    });
    expect(data).toMatchObject({ text: expect.stringContaining('"name":"add"') });
    expect(server.to("/v1/tokenize").at(0)?.body).toMatchObject({
      chat_template_kwargs: { enable_thinking: true },
      tools,
    });
  });

  it.each([
    ["qwen3", `${USER}<think>\n`, false],
    ["r1", "<｜begin▁of▁sentence｜><｜User｜>2+2?<｜Assistant｜><think>\n", true],
    ["trimming", `<s>${USER}<think>\n`, false],
  ] as const)("opens the thought once: %s", async (template, text, opensThought) => {
    const { opening } = await opened({ template });
    expect(opening).toMatchObject({ opensThought, data: { text } });
  });
});

describe("a stream", () => {
  it("runs on over the boundaries, with candidates and running totals", async () => {
    const { writer, opening } = await opened();
    const written = await collectWritten(writer.write(opening, "", HOW));
    expect(written.text).toBe(
      `${SCRIPT.steps.map(({ text }) => text).join("\n\n")}\n</think>\n\nThe answer is 4.`,
    );
    expect(written.end).toBe("eos");
    expect(firstEntropy(written)).toBeCloseTo(0.2, 2);
    expect(written.items[0]?.usage).toEqual({ input_tokens: 12, output_tokens: 1 });
  });

  it("ends at the delimiter, which is told from EOS and from a limit", async () => {
    const { writer, opening } = await opened();
    const step = await collectWritten(writer.write(opening, "", STEP));
    expect([step.text, step.end]).toEqual(["First we add 2 and 2.", "stop"]);
    const short = await collectWritten(writer.write(opening, "", { ...STEP, maxTokens: 2 }));
    expect([short.text, short.end]).toEqual(["First we", "length"]);
    const answer = await collectWritten(writer.write(opening, "\n</think>\n\n", STEP));
    expect([answer.text, answer.end]).toEqual(["The answer is 4.", "eos"]);
  });

  it("leaves nothing of a delimiter that comes in pieces", async () => {
    const split = (text: string) => text.match(/\n|[^\n]+/g) ?? [];
    const { writer, opening } = await opened({ script: { ...SCRIPT, split } });
    const step = await collectWritten(writer.write(opening, "", STEP));
    expect([step.text, step.end]).toEqual(["First we add 2 and 2.", "stop"]);
  });

  it.each([
    ["2}", "\\boxed{22}", "\\boxed{2"],
    ["2}", "\\boxed{222}.", "\\boxed{22"],
    ["aab", "aaab", "a"],
    ["\n2", "7\n\n2", "7\n"],
  ])(
    "T3: keeps what only looks like the beginning of the stop string %j of %j",
    async (stop, answer, text) => {
      const split = (whole: string) => whole.split("");
      const { writer, opening } = await opened({ script: { ...SCRIPT, answer, split } });
      const how = { maxTokens: 60, topLogprobs: 0, stop: [stop] };
      const read = await collectWritten(writer.write(opening, "\n</think>\n\n", how));
      expect([read.text, read.end]).toEqual([text, "stop"]);
    },
  );

  it("T3: is not cut twice by `{ template }` either, as behind sglang-router", async () => {
    const split = (whole: string) => whole.split("");
    const script = { ...SCRIPT, answer: "\\boxed{22}", split };
    const server = await fakeSglang({ router: true, script });
    const continuation = { template: PLAIN, bosToken: "<s>", serverAddsBos: false };
    const writer = templateWriter(chatOpenAI(server, { temperature: 0 }), "large", continuation);
    const how = { maxTokens: 60, topLogprobs: 0, stop: ["2}"] };
    const opening = await writer.open(PROMPT);
    const read = await collectWritten(writer.write(opening, "\n</think>\n\n", how));
    expect([read.text, read.end]).toEqual(["\\boxed{2", "stop"]);
  });

  it("shows a closing tag that is a special token, and no EOS", async () => {
    const { writer, opening } = await opened({ script: { ...SCRIPT, specialTags: true } });
    const thought = SCRIPT.steps.map(({ text }) => text).join("\n\n");
    const written = await collectWritten(writer.write(opening, thought, HOW));
    expect(written.text).toContain("</think>");
    expect(written.text).not.toContain("</s>");
  });

  it("asks for no more than the context holds, which the server would refuse", async () => {
    const { server, writer, opening } = await opened({ contextLength: 18 });
    const written = await collectWritten(writer.write(opening, "", HOW));
    expect([written.text, written.end]).toEqual(["First we add 2 and 2.", "length"]);
    // S16: prompt and reply may be as many as the context.
    expect(server.to("/v1/completions").map(({ body }) => body.max_tokens)).toEqual([60, 6]);
  });

  it("S10: nor does a template, whose prompt nobody counts", async () => {
    const server = await fakeSglang({ router: true, contextLength: 18 });
    const continuation = { template: PLAIN, bosToken: "<s>", serverAddsBos: false };
    const writer = templateWriter(chatOpenAI(server, { temperature: 0 }), "small", continuation);
    const written = await collectWritten(writer.write(await writer.open(PROMPT), "", HOW));
    expect([written.text, written.end]).toEqual(["First we add 2 and 2.", "length"]);
  });

  it.each([13, 12])("is over where the context is full: %s tokens", async (contextLength) => {
    const { writer, opening } = await opened({ contextLength });
    const written = await collectWritten(writer.write(opening, "", HOW));
    expect([written.text, written.end]).toEqual(["", "length"]);
  });
});

describe("log-probabilities after temperature", () => {
  const entropyAt = async (
    options: Parameters<typeof fakeSglang>[0],
    fields: Parameters<typeof chatOpenAI>[1],
    how: { temperature?: 0 } = {},
  ) => {
    const { server, writer, opening } = await opened(options, fields);
    const thought = `${SCRIPT.steps[0]?.text}\n\n`;
    const written = await collectWritten(writer.write(opening, thought, { ...HOW, ...how }));
    await collectWritten(writer.write(opening, thought, { ...HOW, ...how }));
    return { H: firstEntropy(written), requests: server.to("/v1/completions").length };
  };

  it.each([0.1, 0.6, 2])("are undone: temperature %s", async (temperature) => {
    const { H, requests } = await entropyAt({}, { temperature });
    expect(H).toBeCloseTo(2.1, 2);
    // Two for the measurement, once.
    expect(requests).toBe(4);
  });

  it("are left alone where the server reports the original ones", async () => {
    const { H } = await entropyAt({ originalLogprobs: true }, { temperature: 0.6 });
    expect(H).toBeCloseTo(2.1, 2);
  });

  it("are undone where the temperature is the server's own default", async () => {
    const { H } = await entropyAt({ defaultTemperature: 0.6 }, {});
    expect(H).toBeCloseTo(2.1, 2);
  });

  it.each([
    ["greedy", { temperature: 0 }, {}],
    ["a greedy probe", { temperature: 0.6 }, { temperature: 0 as const }],
    ["temperature 1", { temperature: 1 }, {}],
  ])("need no measurement: %s", async (_name, fields, how) => {
    const { H, requests } = await entropyAt({}, fields, how);
    expect(H).toBeCloseTo(2.1, 2);
    expect(requests).toBe(2);
  });
});
