import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { llamacppWriter } from "../../../src/writers/llamacpp/llamacpp.js";
import { collectWritten } from "../../servers/collect-written.js";
import type { LlamacppFault } from "../../servers/fake-llamacpp/fake-llamacpp-options.js";
import { errorOf } from "../error-of.js";
import { PROMPT } from "../vllm/vllm-setup.js";
import { CHAIN, fakeLlamacpp, llamacppModel, llamacppPair } from "./llamacpp-setup.js";

const HOW = { maxTokens: 50, topLogprobs: 20 };

describe("a llama.cpp server that does not do what is asked", () => {
  it("cannot be reached", async () => {
    const server = await fakeLlamacpp();
    const model = llamacppModel(server);
    await server.close();
    const error = await errorOf(llamacppWriter(model, "large").open(PROMPT));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toContain("Check `configuration.baseURL`, and that the server is up.");
  });

  it("has another base URL", async () => {
    const server = await fakeLlamacpp();
    const model = llamacppModel({ baseURL: `${server.url}/api/v1` });
    const error = await errorOf(llamacppWriter(model, "small").open(PROMPT));
    expect(error).toMatchObject({ reason: "server", role: "small" });
    expect(error.message).toContain(
      `The small model's server at ${server.url}/api/v1 failed at rendering the prompt: 404 File Not Found.`,
    );
    expect(error.message).toContain("Check `configuration.baseURL`");
  });

  it("refuses the key, and the key is not told", async () => {
    const server = await fakeLlamacpp({ apiKey: "right-key" });
    const model = llamacppModel(server, { apiKey: "wrong-key" });
    const error = await errorOf(llamacppWriter(model, "small").open(PROMPT));
    expect(error.message).toBe(
      `The small model's server at ${server.baseURL} failed at rendering the prompt: 401 Invalid API Key. Check the model's \`apiKey\`.`,
    );
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("wrong-key");
  });

  it("answers with a web page", async () => {
    const server = await fakeLlamacpp();
    const writer = llamacppWriter(llamacppModel(server), "small");
    server.fail("html", { path: "/apply-template" });
    const rendering = await errorOf(writer.open(PROMPT));
    expect(rendering.message).toContain(
      "200 with no `prompt` from /apply-template: <!doctype html>",
    );
    expect(rendering.message).toContain("Is `configuration.baseURL` the API's address");
    const opening = await writer.open(PROMPT);
    server.fail("html");
    const writing = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(writing.message).toContain("200 with text/html");
  });

  it("refuses the prompt's length in its own words", async () => {
    const server = await fakeLlamacpp({ contextSize: 12 });
    const writer = llamacppWriter(llamacppModel(server), "large");
    const opening = await writer.open(PROMPT);
    const error = await errorOf(collectWritten(writer.write(opening, "a b c d", HOW)));
    expect(error.message).toContain(
      "400 request (16 tokens) exceeds the available context size (12 tokens), try increasing it.",
    );
    expect(error.message).toContain(
      "Shorten the prompt, or serve the model with a larger context.",
    );
    expect(error).toMatchObject({ reason: "context", status: 400 });
  });

  it("fails on the way: a retry of the model's helps, before the stream begins", async () => {
    const server = await fakeLlamacpp();
    const writer = llamacppWriter(llamacppModel(server, { maxRetries: 1 }), "small");
    const opening = await writer.open(PROMPT);
    server.fail("server-error", { path: "/v1/completions" });
    const { text } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 3 }));
    expect(text).toBe("First we add");
    expect(server.to("/v1/completions")).toHaveLength(2);
  });

  it("closes a kept-alive connection under a request: one silent retry, at maxRetries 0, too", async () => {
    const server = await fakeLlamacpp();
    const writer = llamacppWriter(llamacppModel(server, { maxRetries: 0 }), "small");
    const opening = await writer.open(PROMPT);
    server.fail("close-before-first-byte", { path: "/v1/completions" });
    const { text } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 3 }));
    expect(text).toBe("First we add");
    expect(server.to("/v1/completions")).toHaveLength(2);
  });
});

describe("bad input of a chain (the thought so far is on the error)", () => {
  const FIRST_STEP = CHAIN.steps[0]?.text ?? "";

  it.each<[LlamacppFault, string, RegExp]>([
    // The connection is to be closed anyway, so its end is no error of its own: no finish reason came.
    ["cut", "stream_cut", /The large model's stream ended without a finish reason: it was cut/],
    ["cut-in-line", "stream_cut", /The large model's stream/],
    ["close-after-headers", "stream_cut", /The large model's stream ended without a finish/],
    ["no-finish", "stream_cut", /The large model's stream/],
    ["error-in-stream", "context", /Context size has been exceeded/],
    ["server-error", "server", /500 Compute error\. Look at the server's log\./],
    ["html", "server", /200 with text\/html.* Is `configuration\.baseURL` the API's address/],
  ])("large: %s", async (fault, reason, message) => {
    const { large, router } = await llamacppPair();
    large.fail(fault, { path: "/v1/completions" });
    const error = await errorOf(router().invoke("59, +10, %6"));
    expect(error).toMatchObject({ reason, role: "large" });
    expect(error.message).toMatch(message);
    expect(error.thought.startsWith(`${FIRST_STEP}\n\n`)).toBe(true);
    expect(error.routing?.steps[0]).toMatchObject({ route: "small", end: "boundary" });
  });

  it("small gives no log-probabilities: nothing is asked of large", async () => {
    const { small, large, router } = await llamacppPair();
    small.fail("no-logprobs", { path: "/v1/completions" });
    const error = await errorOf(router().invoke("59, +10, %6"));
    expect(error).toMatchObject({ reason: "no_logprobs", role: "small", thought: "" });
    expect(large.to("/v1/completions")).toEqual([]);
    await small.idle();
    expect(small.to("/v1/completions")).toMatchObject([{ aborted: true }]);
  });

  it("the key of one of two servers is wrong: its role is named", async () => {
    const small = await fakeLlamacpp({ script: CHAIN });
    const large = await fakeLlamacpp({ script: CHAIN, apiKey: "right-key" });
    const router = new GlimpRouterChatModel({
      small: llamacppModel(small),
      large: llamacppModel(large),
    });
    const error = await errorOf(router.invoke("59, +10, %6"));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toContain("Invalid API Key");
    expect(error.message).toContain("Check the model's `apiKey`.");
  });

  it("the model's name is another than the server's: llama-server takes any", async () => {
    const server = await fakeLlamacpp();
    const writer = llamacppWriter(llamacppModel(server, { model: "gpt-4" }), "small");
    const opening = await writer.open(PROMPT);
    const { text } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 3 }));
    expect(text).toBe("First we add");
    expect(server.violations).toEqual(["other_model"]);
  });
});
