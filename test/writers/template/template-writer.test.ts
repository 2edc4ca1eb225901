import { HumanMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import type { StepWriter } from "../../../src/router/step-writer.js";
import { stepWriterFor } from "../../../src/writers/step-writer-for.js";
import type { TemplateContinuation } from "../../../src/writers/template/template.js";
import { templateWriter } from "../../../src/writers/template/template.js";
import { collectWritten } from "../../servers/collect-written.js";
import type { FakeVllm } from "../../servers/fake-vllm/start-fake-vllm.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI, fakeVllm, PROMPT, SCRIPT } from "../vllm/vllm-setup.js";

const CHATML =
  "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% if style is defined %}[{{ style }}]{% endif %}{% endif %}";

const GIVEN: TemplateContinuation = { template: CHATML, bosToken: "<s>", serverAddsBos: true };
const HOW = { maxTokens: 60, topLogprobs: 20 };
const STEP = { maxTokens: 60, topLogprobs: 0, stop: ["\n\n"] };

const servers: FakeVllm[] = [];

afterEach(() => {
  for (const { violations } of servers.splice(0)) expect(violations).toEqual([]);
});

async function strictServer(options: Parameters<typeof fakeVllm>[0] = {}): Promise<FakeVllm> {
  // Only what every server has: no /tokenize, no /version.
  const server = await fakeVllm({ onlyV1: true, refuseViolations: true, ...options });
  servers.push(server);
  return server;
}

/** A server that streams these choices, and answers nothing else. */
function streaming(choices: readonly object[]): StepWriter {
  const events = choices.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`);
  const model = chatOpenAI(
    { baseURL: "http://127.0.0.1:9/v1" },
    {
      configuration: {
        fetch: async () =>
          new Response(`${events.join("")}data: [DONE]\n\n`, {
            headers: { "content-type": "text/event-stream" },
          }),
      },
    },
  );
  return templateWriter(model, "large", GIVEN) as StepWriter;
}

async function written(choices: readonly object[], how: Parameters<StepWriter["write"]>[2]) {
  const writer = streaming(choices);
  const { text, end } = await collectWritten(writer.write(await writer.open(PROMPT), "", how));
  return { text, end };
}

it("a limit above the context of vLLM, which nobody told, is asked again for what fits", async () => {
  const server = await strictServer({ maxModelLen: 50 });
  const writer = await stepWriterFor(chatOpenAI(server), GIVEN, "small");
  const { text } = await collectWritten(writer.write(await writer.open(PROMPT), "", HOW));
  expect(text).not.toBe("");
  const limits = server.to("/v1/completions").map(({ body }) => body.max_tokens);
  expect(limits).toEqual([60, 50]);
});

describe("the prompt's text", () => {
  it("is rendered here, and leaves the BOS to a server that adds one", async () => {
    const server = await strictServer();
    const writer = await stepWriterFor(chatOpenAI(server), GIVEN, "small");
    const opening = await writer.open(PROMPT);
    expect(opening).toMatchObject({
      kind: "template",
      opensThought: false,
      promptTokens: null,
      contextSize: null,
      data: {
        text: "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n<think>\n",
      },
    });
    expect(server.requests).toEqual([]);
  });

  it("keeps its BOS for a server that adds none", async () => {
    const server = await strictServer();
    const writer = templateWriter(chatOpenAI(server), "small", { ...GIVEN, serverAddsBos: false });
    const { data } = await writer.open(PROMPT);
    expect(data).toMatchObject({ text: expect.stringMatching(/^<s><\|im_start\|>user/) });
  });

  it("takes variables from the model's chat_template_kwargs, and from kwargs before them", async () => {
    const server = await strictServer();
    const model = chatOpenAI(server, {
      modelKwargs: { chat_template_kwargs: { style: "long" } },
    });
    const text = async (kwargs?: Readonly<Record<string, unknown>>) => {
      const given = kwargs === undefined ? GIVEN : { ...GIVEN, kwargs };
      return (await templateWriter(model, "small", given).open(PROMPT)).data;
    };
    expect(await text()).toMatchObject({ text: expect.stringContaining("[long]<think>") });
    expect(await text({ style: "short" })).toMatchObject({
      text: expect.stringContaining("[short]<think>"),
    });
  });

  it("is an error where the template reads a variable that nobody gave", async () => {
    const server = await strictServer();
    const writer = templateWriter(chatOpenAI(server), "small", {
      ...GIVEN,
      template: `{{ system_name }}${CHATML}`,
    });
    const error = await errorOf(writer.open(PROMPT));
    expect(error).toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining("uses `system_name`, which nobody gave"),
    });
  });

  it("is text alone", async () => {
    const server = await strictServer();
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const messages = [new HumanMessage({ content: [image] })];
    const error = await errorOf(
      templateWriter(chatOpenAI(server), "small", GIVEN).open({ ...PROMPT, messages }),
    );
    expect(error).toMatchObject({ reason: "invalid_input", role: "small" });
  });
});

describe("a request", () => {
  it("has no field that OpenAI's API does not have, but the user's own", async () => {
    const server = await strictServer();
    const writer = templateWriter(
      chatOpenAI(server, { temperature: 0, modelKwargs: { top_k: 20 } }),
      "small",
      GIVEN,
    );
    const opening = await writer.open(PROMPT);
    const { text, end } = await collectWritten(writer.write(opening, "", HOW));
    expect(text).toContain("First we add 2 and 2.\n\nWait");
    expect(end).toBe("eos");
    expect(server.requests.map(({ body }) => body)).toEqual([
      {
        model: "small",
        temperature: 0,
        top_k: 20,
        max_tokens: 60,
        prompt: "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n<think>\n",
        logprobs: 20,
        stream: true,
        stream_options: { include_usage: true },
      },
    ]);
  });

  it("of the next step extends that of the one before, byte for byte", async () => {
    const server = await strictServer();
    const writer = templateWriter(chatOpenAI(server), "large", GIVEN);
    const opening = await writer.open(PROMPT);
    let thought = "";
    for (const step of SCRIPT.steps.slice(0, 2)) {
      const { text, end } = await collectWritten(writer.write(opening, thought, STEP));
      expect([text, end]).toEqual([step.text, "stop"]);
      thought += `${text}\n\n`;
    }
    const [first, second] = server.to("/v1/completions").map(({ body }) => String(body.prompt));
    expect(second?.startsWith(String(first))).toBe(true);
  });
});

describe("why a text ended", () => {
  const said = (fields: object) => [{ text: "A step.", finish_reason: "stop", ...fields }];

  it.each([
    ["vLLM: a stop string", { stop_reason: "\n\n" }, "stop"],
    ["vLLM: EOS", { stop_reason: null }, "eos"],
    ["SGLang: a stop string", { matched_stop: "\n\n" }, "stop"],
    ["SGLang: EOS", { matched_stop: 151643 }, "eos"],
    ["llama.cpp: a stop string", { stopping_word: "\n\n" }, "stop"],
    ["llama.cpp: EOS", { stopping_word: "" }, "eos"],
    ["a server that does not tell", {}, "stop"],
  ])("%s", async (_name, fields, end) => {
    expect(await written(said(fields), STEP)).toEqual({ text: "A step.", end });
  });

  it("without a stop string it is the model's own end", async () => {
    expect(await written(said({}), HOW)).toEqual({ text: "A step.", end: "eos" });
  });

  it("a delimiter that was half sent is no part of the step", async () => {
    const chunks = [{ text: "A step.\n" }, { text: "", finish_reason: "stop" }];
    expect(await written(chunks, STEP)).toEqual({ text: "A step.", end: "stop" });
  });

  it("a delimiter that the server leaves in the text stays for the router", async () => {
    const chunks = [{ text: "A step.\n" }, { text: "\n", finish_reason: "stop" }];
    expect(await written(chunks, STEP)).toEqual({ text: "A step.\n\n", end: "stop" });
  });

  it("a line break before a limit is the step's", async () => {
    const chunks = [{ text: "A step.\n" }, { text: "", finish_reason: "length" }];
    expect(await written(chunks, STEP)).toEqual({ text: "A step.\n", end: "length" });
  });
});

describe("what cannot be used is told before any request", () => {
  it.each([
    [
      { template: " " },
      '`template` that cannot be used. It cannot be " ". Give the template\'s text',
    ],
    [{ template: [{ name: "default" }] }, "`template` that cannot be used. It cannot be an object"],
    [
      { serverAddsBos: undefined },
      "`serverAddsBos` that cannot be used. It cannot be left out. Say true",
    ],
    [{ bosToken: 1 }, "`bosToken` that cannot be used. It cannot be 1."],
    [{ kwargs: ["a"] }, "`kwargs` that cannot be used."],
    [
      { bos_token: "<s>" },
      "`continuation.bos_token` of the small model is not known. Did you mean `bosToken`?",
    ],
  ])("%j", async (fields, message) => {
    const continuation = { ...GIVEN, ...fields } as never;
    const error = await errorOf(
      stepWriterFor(chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }), continuation, "small"),
    );
    expect(error).toMatchObject({
      reason: "invalid_option",
      role: "small",
      message: expect.stringContaining(message),
    });
  });

  it("a template that cannot be parsed", async () => {
    const writer = templateWriter(chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }), "small", {
      ...GIVEN,
      template: "{% for %}",
    });
    expect((await errorOf(writer.open(PROMPT))).message).toContain("cannot be parsed");
  });
});

describe("a server that does not do what is asked", () => {
  it.each([
    ["html", "200 with text/html"],
    ["server-error", "500 EngineCore encountered an issue."],
    ["error-in-stream", "EngineCore encountered an issue."],
    ["finish-abort", 'finish_reason "abort"'],
  ] as const)("%s", async (fault, message) => {
    const server = await fakeVllm();
    const writer = templateWriter(chatOpenAI(server), "large", GIVEN);
    const opening = await writer.open(PROMPT);
    server.fail(fault);
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toContain(message);
  });

  it("gives no text completions at all", async () => {
    const writer = templateWriter(chatOpenAI({ baseURL: (await fakeVllm()).url }), "small", GIVEN);
    const error = await errorOf(collectWritten(writer.write(await writer.open(PROMPT), "", HOW)));
    expect(error.message).toContain('404 {"detail":"Not Found"}');
    expect(error.message).toContain("Check `configuration.baseURL`");
  });
});
