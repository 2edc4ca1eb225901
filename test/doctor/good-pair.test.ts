import type { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { DoctorReport } from "../../src/doctor/report.js";
import { GlimpRouterChatModel } from "../../src/index.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { checkOf, failedChecks, warnedChecks } from "./doctor-setup.js";

/** What a user does with a snippet: pastes it behind the two models. */
function pasted(
  { snippet }: DoctorReport,
  models: { readonly small: ChatOpenAI; readonly large: ChatOpenAI },
): GlimpRouterChatModel {
  const source = `${snippet}\nreturn router;`;
  return new Function("GlimpRouterChatModel", "small", "large", source)(
    GlimpRouterChatModel,
    models.small,
    models.large,
  );
}

/** Slow enough that a stream can be aborted. */
const SLOW = { tokenDelayMs: 5 };

describe("two vLLM servers that do all that is needed", () => {
  it("passes every check, and says what was seen", async () => {
    const [small, large] = [
      await fakeVllm({ ...SLOW, maxModelLen: 777 }),
      await fakeVllm({ ...SLOW, maxModelLen: 888, modelName: "large", template: "r1" }),
    ];
    const report = await diagnose({
      small: chatOpenAI(small),
      large: chatOpenAI(large, { model: "large" }),
    });
    expect(failedChecks(report)).toEqual([]);
    expect(warnedChecks(report)).toEqual([]);
    expect(report.canRoute).toBe(true);
    expect(report.small).toMatchObject({
      role: "small",
      name: "small",
      address: small.baseURL,
      continuation: "vllm",
    });
    const seen = (id: Parameters<typeof checkOf>[2]) => checkOf(report, "small", id).seen;
    expect(seen("reachable")).toBe(`${small.baseURL} answers, and lists its models`);
    expect(seen("version")).toBe("vLLM 0.32.0");
    expect(seen("model-name")).toBe('"small" is served');
    expect(seen("context-size")).toBe("777 tokens");
    expect(seen("think-tag")).toBe("the model; the router does it for the model");
    expect(checkOf(report, "large", "think-tag").seen).toBe("the chat template");
    expect(seen("log-probs")).toBe("yes, 8 tokens with theirs");
    expect(seen("candidates")).toBe("20, as asked for");
    expect(seen("raw-log-probs")).toBe(
      "between temperature 1 and 0.1 a candidate moves by 0.00 nats, H from 0.10 to 0.10",
    );
    expect(seen("equal-texts")).toBe("none in 8 tokens");
    expect(seen("continues")).toContain("5 more tokens of prompt were read");
    expect(seen("stop")).toBe('"we " ends the text, and is told from EOS');
    expect(seen("abort")).toMatch(
      /^the stream ends \d+ ms after its abort, and the server is idle$/,
    );
    expect(seen("usage")).toContain("with running totals");
  });

  it("sends a cheap request or two for each check, and closes the stream that it aborts", async () => {
    const server = await fakeVllm(SLOW);
    const model = chatOpenAI(server);
    const report = await diagnose({ small: model, large: model });
    await server.idle();
    const each = (path: string) => server.to(path).length;
    // The prompt, what the template makes of an unfinished message, and the prompt without our tag.
    expect([each("/tokenize"), each("/detokenize")]).toEqual([6, 6]);
    // A fresh turn, the counted text at two temperatures (large: at one), a stop string, a longer text, an abort,
    // a priority, and a thought for the prefix cache, of which this server tells nothing.
    expect(each("/v1/completions")).toBe(15);
    expect(each("/v1/chat/completions")).toBe(2);
    expect(server.requests.length).toBeLessThanOrEqual(
      report.small.checks.length + report.large.checks.length,
    );
    const asked = server.to("/v1/completions").map(({ body }) => Number(body.max_tokens));
    expect(Math.max(...asked)).toBe(256);
    const aborted = server.to("/v1/completions").filter((request) => request.aborted);
    expect(aborted.map(({ body }) => body.max_tokens)).toEqual(expect.arrayContaining([256, 256]));
    expect(server.violations.map(({ violation }) => violation)).toEqual([]);
  });

  it("leaves the user's models as they were: temperature, retries, key", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, { temperature: 0.6 });
    await diagnose({ small: model, large: model });
    expect(model.invocationParams({})).toMatchObject({ temperature: 0.6 });
    const temperatures = server
      .to("/v1/completions")
      .filter(({ body }) => String(body.prompt).endsWith("1, 2, 3,"))
      .map(({ body }) => body.temperature);
    expect(temperatures).toEqual([1, 0.1, 1]);
  });
});

describe("the snippet", () => {
  it("constructs a router that routes", async () => {
    const server = await fakeVllm({ maxModelLen: 777 });
    const model = chatOpenAI(server);
    const report = await diagnose({ small: model, large: model });
    expect(report.snippet).toBe(
      [
        "const router = new GlimpRouterChatModel({",
        "  small,",
        "  large,",
        '  continuation: { small: "vllm", large: "vllm" },',
        "  topLogprobs: 20,",
        "  contextSize: { small: 777, large: 777 },",
        '  thinking: { open: "<think>", close: "</think>" },',
        "});",
      ].join("\n"),
    );
    expect(report.options).toEqual({
      continuation: { small: "vllm", large: "vllm" },
      topLogprobs: 20,
      contextSize: { small: 777, large: 777 },
      thinking: { open: "<think>", close: "</think>" },
    });
    const reply = await pasted(report, { small: model, large: model }).invoke("2+2?");
    expect(reply.text).toBe("The answer is 4.");
    expect(reply.response_metadata.glimprouter).toMatchObject({
      continuation: { small: "vllm", large: "vllm" },
      interventionRate: 1 / 3,
    });
  });

  it("has a threshold below the ceiling where k is tiny", async () => {
    const server = await fakeVllm({ maxLogprobs: 2 });
    const model = chatOpenAI(server);
    const report = await diagnose({ small: model, large: model, topLogprobs: 2 });
    expect(report.options?.threshold).toBe(0.23);
    expect(pasted(report, { small: model, large: model })._llmType()).toBe("glimprouter");
  });

  it("is plain JSON with the rest of the report", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server);
    const report = await diagnose({ small: model, large: model });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
