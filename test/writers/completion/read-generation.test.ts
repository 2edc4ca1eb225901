import { describe, expect, it } from "vitest";
import { readGeneration } from "../../../src/writers/completion/read-generation.js";
import { openAIAccess } from "../../../src/writers/connection/openai-client.js";
import { collectWritten } from "../../servers/collect-written.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

const KEY = "sk-very-secret-key";
const access = openAIAccess(
  chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }, { apiKey: KEY }),
  "small",
);

function text(text: string, more: object = {}): object {
  return { choices: [{ index: 0, text, ...more }] };
}

/** What is read of a server's events. `stop` is the string that a server says has matched. */
function read(events: readonly object[], stop: string | null = null) {
  const open = async () => ({
    stream: (async function* () {
      yield* events;
    })(),
    reader: {
      textOf: (choice: { readonly text?: string | null }) => choice.text ?? "",
      matchedStop: () => stop,
    },
  });
  return collectWritten(readGeneration(open, { access, k: 20 }));
}

describe("events of another choice", () => {
  it("F11: are no part of the text", async () => {
    const events = [
      text("One"),
      text(" WRONG", { index: 1 }),
      text(" two.", { finish_reason: "stop" }),
    ];
    expect(await read(events)).toMatchObject({ text: "One two.", end: "eos" });
  });

  it("F11: do not end the stream, and are not mistaken where they come first in a chunk", async () => {
    const events = [
      text("One"),
      text("", { index: 1, finish_reason: "length" }),
      {
        choices: [
          { index: 1, text: " WRONG" },
          { index: 0, text: " two." },
        ],
      },
      text("", { finish_reason: "stop" }),
    ];
    expect(await read(events)).toMatchObject({ text: "One two.", end: "eos" });
  });

  it("F11: a choice without an index is the only one", async () => {
    const events = [{ choices: [{ text: "One." }] }, text("", { finish_reason: "stop" })];
    expect(await read(events)).toMatchObject({ text: "One.", end: "eos" });
  });
});

describe("what comes behind the end", () => {
  it("F12: is no part of the text", async () => {
    const events = [text("42"), text("", { finish_reason: "stop" }), text(" WRONG")];
    expect(await read(events)).toMatchObject({ text: "42", end: "eos" });
  });

  it("F12: is counted where it is usage", async () => {
    const events = [
      text("42", { finish_reason: "length" }),
      { choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } },
      { ...text(" WRONG"), usage: { prompt_tokens: 7, completion_tokens: 3 } },
    ];
    expect(await read(events)).toMatchObject({
      text: "42",
      end: "length",
      usage: { input_tokens: 7, output_tokens: 3 },
    });
  });

  it("F12: does not change the reason of the end", async () => {
    const events = [text("42", { finish_reason: "stop" }), text("", { finish_reason: "abort" })];
    expect(await read(events)).toMatchObject({ text: "42", end: "eos" });
  });
});

describe("a server's word for an end", () => {
  it.each([
    ["eos", null, "eos"],
    ["eos_token", null, "eos"],
    ["end_turn", null, "eos"],
    ["EOS_TOKEN", null, "eos"],
    ["repetition", null, "eos"],
    // Says more than the reader can tell.
    ["eos_token", "\n\n", "eos"],
    ["stop", null, "eos"],
    ["stop", "\n\n", "stop"],
    ["stop_sequence", null, "eos"],
    ["stop_sequence", "\n\n", "stop"],
    ["length", "\n\n", "length"],
    ["max_tokens", null, "length"],
  ] as const)("S1: %s, with the stop string %j, is %s", async (finish_reason, stop, end) => {
    const events = [text("Four."), text("", { finish_reason })];
    expect(await read(events, stop)).toMatchObject({ text: "Four.", end });
  });

  it.each(["abort", "error", "content_filter", "gave_up", "tool_calls"])(
    "S1: %s is none, and is quoted",
    async (finish_reason) => {
      const error = await errorOf(read([text("Four."), text("", { finish_reason })]));
      expect(error).toMatchObject({
        reason: "server",
        role: "small",
        message: `The small model's server ended the text with finish_reason "${finish_reason}": it is incomplete. Look at the server's log.`,
      });
    },
  );

  it("F21: is quoted without a secret, shortened, and without control characters", async () => {
    const secret = await errorOf(read([text("", { finish_reason: `Bearer ${KEY}` })]));
    expect(secret.message).toContain('finish_reason "Bearer [API key]"');
    const long = await errorOf(read([text("", { finish_reason: "x".repeat(100_000) })]));
    expect(long.message.length).toBeLessThan(500);
    expect(long.message).toContain(`"${"x".repeat(300)} ..."`);
    const steering = await errorOf(read([text("", { finish_reason: "a\u001b[2Jb\u009b\u202e" })]));
    expect(steering.message).toContain('finish_reason "a[2Jb"');
  });
});
