import { describe, expect, it } from "vitest";
import { sglangWriter } from "../../../src/writers/sglang/sglang.js";
import { collectWritten } from "../../servers/collect-written.js";
import type { Fault } from "../../servers/http/fault.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI, PROMPT } from "../vllm/vllm-setup.js";
import { fakeSglang } from "./sglang-setup.js";

const HOW = { maxTokens: 50, topLogprobs: 20 };

/** Nothing to measure: only the requests that are looked at. */
const greedy: typeof chatOpenAI = (server, fields) =>
  chatOpenAI(server, { temperature: 0, ...fields });

describe("an SGLang server that does not do what is asked", () => {
  it("cannot be reached", async () => {
    const server = await fakeSglang();
    const model = greedy(server);
    await server.close();
    const error = await errorOf(sglangWriter(model, "large").open(PROMPT));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toContain("Check `configuration.baseURL`, and that the server is up.");
  });

  it("has another base URL", async () => {
    const server = await fakeSglang();
    const model = chatOpenAI({ baseURL: `${server.url}/api/v1` });
    const error = await errorOf(sglangWriter(model, "small").open(PROMPT));
    expect(error.message).toBe(
      `The small model's server at ${server.url}/api/v1 failed at rendering the prompt: 404 {"detail":"Not Found"}. Check \`configuration.baseURL\`: it usually ends in /v1.`,
    );
  });

  it("takes any model's name, and so do we", async () => {
    const server = await fakeSglang({ modelName: "qwen" });
    const writer = sglangWriter(greedy(server), "small");
    const { text } = await collectWritten(writer.write(await writer.open(PROMPT), "", HOW));
    expect(text).toContain("First we add");
  });

  it("refuses the key, and the key is not told", async () => {
    const server = await fakeSglang({ apiKey: "right-key" });
    const error = await errorOf(
      sglangWriter(chatOpenAI(server, { apiKey: "wrong-key" }), "small").open(PROMPT),
    );
    expect(error.message).toContain('401 "Unauthorized". Check the model\'s `apiKey`.');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("wrong-key");
  });

  it("answers with a web page", async () => {
    const server = await fakeSglang();
    const writer = sglangWriter(greedy(server), "small");
    server.fail("html", { path: "/v1/tokenize", times: 2 });
    const rendering = await errorOf(writer.open(PROMPT));
    expect(rendering.message).toContain("200 with no `tokens` from /tokenize: <!doctype html>");
    expect(rendering.message).toContain("Is `configuration.baseURL` the API's address");
    const opening = await writer.open(PROMPT);
    server.fail("html");
    const writing = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(writing.message).toContain("200 with text/html");
  });

  it("is too old to render messages, and says so in its own words", async () => {
    const server = await fakeSglang({ textOnlyTokenize: true });
    const error = await errorOf(sglangWriter(greedy(server), "small").open(PROMPT));
    expect(error.message).toContain("400 1 validation error: {'type': 'missing', 'loc'");
    expect(error.message).toContain("SGLang 0.5.12 or newer");
  });

  it("S10: is sglang-router, which renders nothing: the way out is named", async () => {
    const server = await fakeSglang({ router: true });
    const error = await errorOf(sglangWriter(greedy(server), "small").open(PROMPT));
    expect(error.message).toContain("422");
    expect(error.message).toContain("missing field `prompt`");
    expect(error.message).toContain("`continuation: { template, serverAddsBos: true }`");
    expect(error.message).toContain("SGLANG_RETURN_ORIGINAL_LOGPROB=1");
  });

  it("fails with its error outside of the place where the SDK looks for one", async () => {
    const server = await fakeSglang();
    const writer = sglangWriter(greedy(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("server-error");
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error.message).toContain("failed at writing: 500 Scheduler is down. Look at the");
  });

  it("fails inside a stream that began with 200 (rule 6)", async () => {
    const server = await fakeSglang();
    const writer = sglangWriter(greedy(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("error-in-stream");
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error).toMatchObject({ reason: "server", role: "small" });
    expect(error.message).toContain("Scheduler hit an exception.");
  });

  it.each(["cut", "close-after-headers"] satisfies Fault[])(
    "U3: breaks the connection: %s: no end is told, the router calls it cut",
    async (fault) => {
      const server = await fakeSglang();
      const writer = sglangWriter(greedy(server, { maxRetries: 3 }), "small");
      const opening = await writer.open(PROMPT);
      server.fail(fault);
      const { end } = await collectWritten(writer.write(opening, "", HOW));
      expect(end).toBeNull();
      expect(server.to("/v1/completions")).toHaveLength(1);
    },
  );

  it("ends the stream without a finish_reason: no end is told, the router calls it cut", async () => {
    const server = await fakeSglang();
    const writer = sglangWriter(greedy(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("no-finish");
    const { end } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 3 }));
    expect(end).toBeNull();
  });

  it("gives up in mid-thought: finish_reason abort is no end", async () => {
    const server = await fakeSglang();
    const writer = sglangWriter(greedy(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("finish-abort");
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error.message).toContain('ended the text with finish_reason "abort"');
  });

  it("leaves log-probabilities out: the tokens are missing, which the router sees (rule 10)", async () => {
    const server = await fakeSglang();
    const writer = sglangWriter(greedy(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("no-logprobs");
    const { tokens } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 3 }));
    expect(tokens).toEqual([]);
  });

  it("fails while the temperature's effect is measured", async () => {
    const server = await fakeSglang();
    const writer = sglangWriter(chatOpenAI(server, { temperature: 0.6 }), "small");
    const opening = await writer.open(PROMPT);
    server.fail("server-error");
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error.message).toContain("failed at reading log-probabilities: 500 Scheduler is down.");
  });

  it("is told of an abort, and writes no more", async () => {
    const server = await fakeSglang({ tokenDelayMs: 25 });
    const writer = sglangWriter(greedy(server), "small");
    const opening = await writer.open(PROMPT);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of writer.write(opening, "", HOW, controller.signal)) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    await server.idle();
    expect(server.to("/v1/completions")[0]).toMatchObject({ aborted: true, tokensWritten: 1 });
  });
});
