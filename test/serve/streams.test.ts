import { describe, expect, it } from "vitest";
import { recordOf } from "../langchain/record-of.js";
import { scriptedRouter, THOUGHT } from "../langchain/scripted-pair.js";
import { chunksOf, eventsOf, headersOf, joined, served } from "./served.js";

describe("a streamed reply", () => {
  it("is the thought, then the answer, in chunks of OpenAI's that name the model asked for", async () => {
    const response = await served().ask({ stream: true });
    expect(response.status).toBe(200);
    expect(headersOf(response)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      "x-glimprouter-tau": "1",
    });
    expect(response.headers.has("content-encoding")).toBe(false);
    const chunks = await chunksOf(response);
    expect(joined(chunks, "reasoning_content")).toBe(THOUGHT);
    expect(joined(chunks, "content")).toBe("The answer is 4.");
    const heads = chunks.map(({ id, object, created, model }) => [id, object, created, model]);
    expect(new Set(heads.map((head) => JSON.stringify(head))).size).toBe(1);
    expect(heads[0]).toEqual([
      expect.stringMatching(/^chatcmpl-[\da-f-]{36}$/),
      "chat.completion.chunk",
      expect.any(Number),
      "glimprouter",
    ]);
  });

  it("begins with the role, and has `content` in every delta", async () => {
    const [first, ...rest] = await chunksOf(await served().ask({ stream: true }));
    expect(first?.choices[0]?.delta).toEqual({ content: "", role: "assistant" });
    expect(rest.length).toBeGreaterThan(3);
    for (const { choices } of rest) {
      expect(choices).toHaveLength(1);
      expect(choices[0]?.delta.content).toEqual(expect.any(String));
      expect(choices[0]?.delta.role).toBeUndefined();
    }
  });

  it("has exactly one finish_reason, on its last chunk, and nothing without choices unasked", async () => {
    const chunks = await chunksOf(await served().ask({ stream: true }));
    const finishes = chunks.map(({ choices }) => choices[0]?.finish_reason);
    expect(finishes.filter((finish) => finish !== null)).toEqual(["stop"]);
    expect(finishes.at(-1)).toBe("stop");
    expect(chunks.some(({ usage }) => usage !== undefined)).toBe(false);
  });

  it("has the usage behind the finish, without choices, where it is asked for; the record stands on the very last", async () => {
    const { router } = scriptedRouter();
    const record = recordOf(await router.invoke("2+2?"));
    const body = { stream: true, stream_options: { include_usage: true } };
    const chunks = await chunksOf(await served(router).ask(body));
    const empty = chunks.filter(({ choices }) => choices.length === 0);
    expect(empty).toEqual([chunks.at(-1)]);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    const thought = record.steps.reduce((sum, { tokens }) => sum + tokens, 0);
    const answer = record.answer?.tokens ?? 0;
    expect(chunks.at(-1)?.usage).toMatchObject({
      completion_tokens: thought + answer,
      completion_tokens_details: { reasoning_tokens: thought },
    });
    const told = chunks.filter(({ glimprouter }) => glimprouter !== undefined);
    expect(told).toEqual([chunks.at(-1)]);
    expect(told[0]?.glimprouter).toMatchObject({
      handoffs: 2,
      requests: record.requests,
      usage: record.usage,
      steps: [{ route: "small" }, { route: "large" }, { route: "small" }],
    });
  });

  it("has data: lines alone, one JSON an event, and [DONE] at its end", async () => {
    const events = await eventsOf(await served().ask({ stream: true }));
    for (const event of events) expect(event).toMatch(/^data: [^\n]+$/);
    expect(events.filter((event) => event === "data: [DONE]")).toEqual([events.at(-1)]);
  });

  it("never cuts a character between two pieces of bytes", async () => {
    const script = {
      steps: [{ text: "Größe 𝄞 ✓ naïve 漢字.", entropy: 0.2 }],
      answer: "Ja – 漢字 👍🏽.",
    };
    const { router } = scriptedRouter({ small: { script }, large: { script } });
    const response = await served(router).ask({ stream: true });
    const strict = new TextDecoder("utf-8", { fatal: true });
    let text = "";
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += strict.decode(bytes);
    }
    expect(text).toContain("👍");
    expect(text).not.toContain("\ufffd");
  });

  it("tells decisions as they fall, on chunks without text, where `glimprouter.events` asks for them", async () => {
    const body = { stream: true, glimprouter: { events: true } };
    const chunks = await chunksOf(await served().ask(body));
    const decisions = chunks.filter(({ glimprouter }) => glimprouter?.decision !== undefined);
    expect(decisions.map(({ glimprouter }) => glimprouter?.decision)).toMatchObject([
      { step: 1, route: "small" },
      { step: 2, route: "large" },
      { step: 3, route: "small" },
      ...decisions.slice(3).map(() => ({})),
    ]);
    for (const { choices } of decisions) expect(choices[0]?.delta).toEqual({ content: "" });
    const second = chunks.indexOf(decisions[1] as (typeof chunks)[number]);
    expect(joined(chunks.slice(0, second), "reasoning_content").trim()).toBe(
      "First we add 2 and 2.",
    );
  });
});

describe("a whole reply", () => {
  it("is one completion: answer, thought, usage, record", async () => {
    const { router } = scriptedRouter();
    const record = recordOf(await router.invoke("2+2?"));
    const response = await served(router).ask();
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(response.headers.get("x-glimprouter-tau")).toBe("1");
    const reply = (await response.json()) as Record<string, unknown>;
    const thought = record.steps.reduce((sum, { tokens }) => sum + tokens, 0);
    const answer = record.answer?.tokens ?? 0;
    expect(reply).toMatchObject({
      object: "chat.completion",
      model: "glimprouter",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "The answer is 4.", reasoning_content: THOUGHT },
          finish_reason: "stop",
        },
      ],
      usage: {
        completion_tokens: thought + answer,
        completion_tokens_details: { reasoning_tokens: thought },
      },
      glimprouter: { handoffs: 2, usage: record.usage },
    });
    const usage = reply.usage as Record<string, number>;
    expect(usage.total_tokens).toBe((usage.prompt_tokens ?? 0) + thought + answer);
  });

  it("has the decisions in its record where they are asked for", async () => {
    const reply = await (await served().ask({ glimprouter: { events: true } })).json();
    const { decisions } = (reply as { glimprouter: { decisions: object[] } }).glimprouter;
    expect(decisions.slice(0, 2)).toMatchObject([{ route: "small" }, { route: "large" }]);
  });

  it("ends with `length` where max_tokens, of thought and answer together, cut it", async () => {
    for (const field of ["max_tokens", "max_completion_tokens"]) {
      const reply = await (await served().ask({ [field]: 8 })).json();
      const { choices, usage } = reply as {
        choices: { finish_reason: string }[];
        usage: { completion_tokens: number };
      };
      expect(choices[0]?.finish_reason).toBe("length");
      expect(usage.completion_tokens).toBe(8);
    }
  });
});

describe("the thought", () => {
  const textsOf = async (reasoningField: "reasoning" | "think-tags" | "none", stream: boolean) => {
    const response = await served(undefined, { reasoningField }).ask({ stream });
    if (stream) {
      const chunks = await chunksOf(response);
      const fields = ["content", "reasoning_content", "reasoning"];
      return fields.map((field) => joined(chunks, field));
    }
    const { choices } = (await response.json()) as {
      choices: { message: Record<string, string> }[];
    };
    const { content, reasoning_content = "", reasoning = "" } = choices[0]?.message ?? {};
    return [content, reasoning_content, reasoning];
  };

  it.each([true, false])(
    "stands in one field alone, the one that was chosen (stream: %s)",
    async (stream) => {
      const answer = "The answer is 4.";
      expect(await textsOf("reasoning", stream)).toEqual([answer, "", THOUGHT]);
      expect(await textsOf("none", stream)).toEqual([answer, "", ""]);
      const tagged = `<think>\n${THOUGHT}\n</think>\n\n${answer}`;
      expect(await textsOf("think-tags", stream)).toEqual([tagged, "", ""]);
    },
  );
});
