import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import { PLAIN } from "../../prompt/chat-templates.js";
import { listen } from "../../servers/http/listen.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());

const word = (text: string, token = text) => ({
  choices: [
    {
      index: 0,
      text,
      finish_reason: null,
      logprobs: { tokens: [token], token_logprobs: [-1e-6], top_logprobs: [{ [token]: -1e-6 }] },
    },
  ],
});

/** A server that says one thing for ever, whatever `max_tokens` says. */
async function endless(event: object | string) {
  server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const line = typeof event === "string" ? event : `data: ${JSON.stringify(event)}`;
    const bytes = `${line}\n\n`.repeat(50);
    const write = (): void => {
      while (!response.destroyed && response.write(bytes));
      if (!response.destroyed) response.once("drain", write);
    };
    write();
  });
  const url = await listen(server);
  server.unref();
  return { baseURL: `${url}/v1` };
}

describe("F3: a server that never ends", () => {
  it.each([
    ["words without a boundary", word("x"), "x".repeat(20), "xxxxx"],
    ["blanks", word(" "), undefined, "     "],
    ["line breaks", word("\n"), undefined, "\n\n\n\n\n"],
    ["tokens without text", word("", "<0xE2>"), undefined, ""],
    ["empty texts", { choices: [{ index: 0, text: "", finish_reason: null }] }, undefined, ""],
    ["events without choices", { choices: [] }, undefined, ""],
    ["signs of life", { object: "ping" }, undefined, ""],
    ["keep-alives", ": keep-alive", undefined, ""],
  ])("F3: %s", async (_name, event, thought, answer) => {
    const at = await endless(event);
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(at),
      large: chatOpenAI(at),
      continuation: { template: PLAIN, bosToken: "<s>", eosToken: "</s>", serverAddsBos: true },
      maxThoughtTokens: 20,
      maxAnswerTokens: 5,
    });
    const message = await router.invoke("2+2?");
    expect(message.additional_kwargs.reasoning_content).toBe(thought);
    expect(message.text).toBe(answer);
    expect(recordOf(message)).toMatchObject({
      stopReason: "budget",
      answer: { end: "length", tokens: 5 },
      requests: { small: 1, large: 1 },
      usage: { small: { output_tokens: 20, estimated: true } },
    });
  });
});
