import { afterEach, expect, it, vi } from "vitest";
import type { NextRequest } from "../../src/router/next-request.js";
import { OpenRequest } from "../../src/router/open-request.js";
import type { Answered, Opening, StepWriter } from "../../src/router/step-writer.js";
import { forcedCall } from "../../src/writers/chat-answer/forced-call.js";
import { readChatAnswer } from "../../src/writers/chat-answer/read-chat-answer.js";
import type { ToolCallPart } from "../../src/writers/chat-answer/tool-call-part.js";
import { openAIAccess } from "../../src/writers/connection/openai-client.js";
import { chatOpenAI } from "../writers/vllm/vllm-setup.js";

const OPENING: Opening = {
  kind: "deaf",
  data: null,
  opensThought: true,
  promptTokens: null,
  contextSize: null,
};

const REQUEST: NextRequest = {
  role: "small",
  purpose: "fused",
  thought: "",
  how: { maxTokens: 10, topLogprobs: 20 },
  limitedBy: "budget",
};

/** A writer whose client sits on its read, whatever its signal says. */
function deafWriter(): StepWriter {
  return {
    kind: "deaf",
    open: async () => OPENING,
    async *write() {
      yield { type: "text", text: "One", tokens: [] };
      await new Promise(() => undefined);
    },
  };
}

it("an abort ends a read and closes the request even where the writer does not notice it", async () => {
  const controller = new AbortController();
  const writer = deafWriter();
  const open = new OpenRequest(
    {
      config: {},
      writers: { small: writer, large: writer },
      openings: { small: OPENING, large: OPENING },
      signal: controller.signal,
    },
    REQUEST,
  );
  expect(await open.next()).toMatchObject({ text: "One" });
  const pending = open.next();
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(pending).rejects.toBe(reason);
  await open.close();
  await expect(open.next()).rejects.toBe(reason);
});

const WORDS = ['{"name": "a", ', '"argu', 'ments": ', "{", "}}"];

/** Each word by itself, after a while. */
async function* slowly<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    yield item;
  }
}

const tool = (name: string) => ({ type: "function", function: { name } }) as const;

function oneOfTwo(): AsyncIterable<Answered<ToolCallPart>> {
  const call = forcedCall({ tools: [tool("a"), tool("b")], tool_choice: "required" });
  if (call === null) throw new Error("The call is forced.");
  const text = WORDS.map((text) => ({ type: "text", text, tokens: [] }) as const);
  return call.read(slowly([...text, { type: "end", reason: "eos" } as const]));
}

function thinkingOnceMore(): AsyncIterable<Answered<ToolCallPart>> {
  const deltas = [...WORDS.map((reasoning) => ({ reasoning })), { content: "Four." }];
  const chunks = deltas.map((delta) => ({ choices: [{ index: 0, delta }] }));
  const end = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  const access = openAIAccess(chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }), "large");
  return readChatAnswer(slowly([...chunks, end]), { access, keepReasoning: false });
}

afterEach(() => void vi.useRealTimers());

it.each([
  ["what must be whole before it is read", oneOfTwo, "tool_calls"],
  ["a thought that is dropped", thinkingOnceMore, "eos"],
])("a model that writes is not silent: %s", async (_what, answer, reason) => {
  vi.useFakeTimers();
  const writer: StepWriter = { ...deafWriter(), resumption: { by: "text", retries: 0 }, answer };
  const from = {
    config: { answerIn: "chat", firstTokenTimeoutMs: 1_000, stallTimeoutMs: 1_000 } as const,
    writers: { small: writer, large: writer },
    openings: { small: OPENING, large: OPENING },
  };
  const open = new OpenRequest(from, { ...REQUEST, role: "large", purpose: "answer" });
  const ended = (async () => {
    for (;;) {
      const brought = await open.next();
      if (brought.type === "end" || brought.type === "cut") return brought;
    }
  })();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await ended).toMatchObject({ type: "end", reason });
  await open.close();
  expect(vi.getTimerCount()).toBe(0);
});
