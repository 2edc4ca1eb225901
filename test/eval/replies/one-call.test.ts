import { AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { chatCall } from "../../../src/eval/replies/chat-call.js";
import { AnswerStart, splitThought } from "../../../src/eval/replies/split-thought.js";

/** Its fields have types that follow from others. */
const chunk = (fields: object) => new AIMessageChunk(fields as never);

const TAGS = { open: "<think>", close: "</think>" };

describe("a whole reply", () => {
  it.each<[string, Parameters<typeof splitThought>[1], string, string]>([
    ["<think>\nab\n</think>\n\ncd", TAGS, "ab", "cd"],
    ["ab\n</think>\n\ncd </think>", TAGS, "ab", "cd </think>"],
    ["ab, and no end", TAGS, "ab, and no end", ""],
    [" cd ", false, "", "cd"],
  ])("%j is thought and answer", (text, tags, thought, answer) => {
    expect(splitThought(text, tags)).toEqual({ thought, answer });
  });

  it("has its answer begin behind a tag that comes in pieces, and behind blanks", () => {
    const start = new AnswerStart(TAGS);
    const pieces = ["a </th", "ink>", "\n\n", "c", "d"];
    expect(pieces.map((piece) => start.push(piece))).toEqual([false, false, false, true, true]);
    const inside = new AnswerStart(TAGS);
    expect(["x</think> y"].map((piece) => inside.push(piece))).toEqual([true]);
  });
});

describe("a chat model that can only be called", () => {
  /** A model whose stream is given. */
  function streaming(chunks: readonly AIMessageChunk[]) {
    const asked: unknown[] = [];
    const model = {
      async stream(messages: unknown) {
        asked.push(messages);
        return (async function* () {
          yield* chunks;
        })();
      },
    };
    return { model: model as never, asked };
  }
  const call = { messages: [new HumanMessage("?")], options: { thinking: TAGS } } as never;
  const clock = () => {
    let now = 0;
    return () => ++now;
  };

  it("has its reasoning apart, its usage added up, and the time of its answer's first token", async () => {
    const { model, asked } = streaming([
      chunk({ content: "", additional_kwargs: { reasoning_content: "hm, " } }),
      chunk({ content: "", additional_kwargs: { reasoning_content: "4" } }),
      chunk({ content: "It is " }),
      chunk({
        content: "4.",
        response_metadata: { finish_reason: "stop" },
        usage_metadata: {
          input_tokens: 9,
          output_tokens: 7,
          total_tokens: 16,
          input_token_details: { cache_read: 5 },
        },
      }),
    ]);
    const reply = await chatCall(model, call, new AbortController().signal, clock());
    expect(reply).toMatchObject({
      text: "It is 4.",
      reasoning: "hm, 4",
      end: "eos",
      msToAnswer: 1,
      usage: { input_tokens: 9, output_tokens: 7, cached_tokens: 5 },
    });
    expect(asked).toHaveLength(1);
  });

  it("may write its thought with tags, and be cut off", async () => {
    const { model } = streaming([
      chunk({ content: "<think>a</think>b" }),
      chunk({ content: "", response_metadata: { stop_reason: "max_tokens" } }),
    ]);
    const reply = await chatCall(model, call, new AbortController().signal, clock());
    expect(reply).toMatchObject({ text: "b", reasoning: "a", end: "length", usage: undefined });
  });
});
