import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { CheckId, DoctorReport } from "../../src/doctor/report.js";
import { PLAIN } from "../prompt/chat-templates.js";
import { fakeLlamacpp, llamacppModel } from "../writers/llamacpp/llamacpp-setup.js";
import { fakeSglang } from "../writers/sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { checkOf, failedChecks, warnedChecks } from "./doctor-setup.js";

const SLOW = { tokenDelayMs: 5 };

function small(report: DoctorReport): (id: CheckId) => string {
  return (id) => checkOf(report, "small", id).seen;
}

/** Rendered here, by the models' own template. */
function byTemplate(bos: { readonly serverAddsBos: boolean }) {
  return { template: PLAIN, bosToken: "<s>", eosToken: "</s>", ...bos };
}

describe("llama.cpp's server", () => {
  it("passes, with its build, its template and its slots", async () => {
    const server = await fakeLlamacpp({ ...SLOW, template: "r1", contextSize: 777 });
    const model = llamacppModel(server);
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual([]);
    expect(warnedChecks(report)).toEqual([]);
    const seen = small(report);
    expect(seen("version")).toBe("llama.cpp b500-de3ff81");
    expect(seen("context-size")).toBe("777 tokens");
    expect(seen("unfinished-thought")).toContain(
      'as a chat message it would become "...to 9.<｜Assistant｜><think></think><think>\\nA step.\\n\\n"',
    );
    expect(seen("reasoning-parser")).toBe("on, and harmless: text completions are not parsed");
    expect(seen("abort")).toMatch(/and the server is idle$/);
    expect(seen("usage")).toContain("at the end: aborted streams are counted here");
    expect(report.snippet).toContain('continuation: { small: "llamacpp", large: "llamacpp" }');
    expect(server.violations).toEqual([]);
    expect(server.requests.length).toBeLessThanOrEqual(2 * report.small.checks.length);
  });

  it("ignores names: a warning with the one that it serves", async () => {
    const server = await fakeLlamacpp(SLOW);
    const model = llamacppModel(server, { model: "qwen" });
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual([]);
    expect(warnedChecks(report)).toEqual(["small model-name", "large model-name"]);
    expect(small(report)("model-name")).toBe('"qwen" is not among what is served: "small.gguf"');
  });

  it("lists a model by its path: the file's name is enough", async () => {
    const server = await fakeLlamacpp({ modelName: "models/small.gguf", apiKey: "test-key" });
    const model = llamacppModel(server);
    const report = await diagnose({ small: model, large: model });
    expect(warnedChecks(report)).not.toContain("small model-name");
    expect(small(report)("model-name")).toBe('"models/small.gguf" is served');
  });

  it("refuses a key", async () => {
    const server = await fakeLlamacpp({ apiKey: "right-key" });
    const model = llamacppModel(server);
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual(["small reachable", "large reachable"]);
    expect(checkOf(report, "large", "reachable").remedy).toBe("Check the model's `apiKey`.");
  });
});

describe("SGLang", () => {
  it("passes, with its version, its parser and what becomes of an unfinished message", async () => {
    const server = await fakeSglang({ ...SLOW, reasoningParser: true });
    const model = chatOpenAI(server);
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual([]);
    const seen = small(report);
    expect(seen("version")).toBe("SGLang 0.5.23");
    expect(seen("reasoning-parser")).toBe("on, and harmless: text completions are not parsed");
    expect(seen("unfinished-thought")).toBe(
      'the model is given "...\\n<|im_start|>assistant\\n<think>\\nA step.\\n\\n"; as a chat message it would be kept too',
    );
    expect(checkOf(report, "small", "raw-log-probs").status).toBe("ok");
    expect(report.snippet).toContain('continuation: { small: "sglang", large: "sglang" }');
  });

  it("S16: /v1/loads tells that it stops at an abort, and a BOS of its own is no other message", async () => {
    const server = await fakeSglang({ ...SLOW, tokenizerAddsBos: true });
    const model = chatOpenAI(server, { temperature: 0 });
    const report = await diagnose({ small: model, large: model });
    const seen = small(report);
    expect(seen("abort")).toMatch(/abort, and the server is idle$/);
    expect(server.to("/v1/loads").length).toBeGreaterThan(0);
    expect(seen("unfinished-thought")).toMatch(/; as a chat message it would be kept too$/);
    expect(failedChecks(report)).toEqual([]);
  });

  it("T8: the Rust front end is named", async () => {
    const model = chatOpenAI(await fakeSglang({ ...SLOW, rust: true }));
    const report = await diagnose({ small: model, large: model });
    expect(small(report)("version")).toBe("SGLang 0.5.23, Rust front end");
  });

  it("S10: behind sglang-router the list of models is plain text, and the doctor goes on", async () => {
    const server = await fakeSglang({ ...SLOW, router: true, originalLogprobs: true });
    const model = chatOpenAI(server, { temperature: 0 });
    const continuation = byTemplate({ serverAddsBos: false });
    const report = await diagnose({ small: model, large: model, continuation });
    expect(failedChecks(report)).toEqual([]);
    expect(small(report)("reachable")).not.toContain("not JSON");
    expect(small(report)("model-name")).toBe('"small" is served');
  });
});

describe("any server, by the model's own template", () => {
  it("passes without a question to the server; the template must be given again", async () => {
    const model = chatOpenAI(await fakeVllm({ ...SLOW, onlyV1: true, refuseViolations: true }));
    const continuation = byTemplate({ serverAddsBos: true });
    const report = await diagnose({ small: model, large: model, continuation });
    expect(failedChecks(report)).toEqual([]);
    const seen = small(report);
    expect(seen("version")).toBe('not asked for "template"');
    expect(seen("unfinished-thought")).toContain(String.raw`<think>\nA step.\n\n"`);
    expect(warnedChecks(report)).toContain("small context-size");
    expect(report.options?.continuation).toEqual({ small: null, large: null });
    expect(report.snippet).toContain(
      "continuation: { small: smallContinuation, large: largeContinuation }",
    );
  });
});

describe("S5: a small model whose log-probabilities come in whole replies only", () => {
  it.each([
    ["a server's", { logprobsInStreams: false }, ""],
    ["LiteLLM's", { gateway: "litellm" }, " (the reply comes through LiteLLM 1.108.7)"],
    ["mlx-lm's", { logprobsInStreams: false, logprobsAsInChat: true }, ""],
  ] as const)("S5: can route by probes: %s", async (_whose, options, through) => {
    const model = chatOpenAI(await fakeVllm({ ...SLOW, onlyV1: true, ...options }));
    const continuation = byTemplate({ serverAddsBos: true });
    const report = await diagnose({ small: model, large: model, continuation });
    expect(failedChecks(report)).toEqual([]);
    expect(checkOf(report, "small", "log-probs")).toMatchObject({
      status: "warning",
      seen: `none in a stream${through}; a whole reply of one token has them`,
      remedy: expect.stringMatching(/^Set `glimpse: "probe"`/),
    });
    expect(small(report)("candidates")).toBe("20, as asked for");
    expect(small(report)("raw-log-probs")).toBe("a probe is greedy, and no candidate is cut");
    expect(report.options?.glimpse).toBe("probe");
    expect(report.snippet).toContain('  glimpse: "probe",');
  });

  it("S5: without any it cannot, whatever the glimpse", async () => {
    const model = chatOpenAI(
      await fakeVllm({ ...SLOW, logprobsInStreams: false, logprobsInWhole: false }),
    );
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual(["small log-probs"]);
    expect(checkOf(report, "small", "log-probs").remedy).not.toContain("probe");
    expect(report.snippet).toBeNull();
  });
});

describe("a server that lists no model, and loads what a request names", () => {
  it("passes: there is nothing to compare the name with", async () => {
    const server = await fakeVllm(SLOW);
    const configuration = {
      fetch: async (url: RequestInfo | URL, init?: RequestInit) =>
        String(url).endsWith("/models")
          ? Response.json({ object: "list", data: [] })
          : fetch(url, init),
    };
    const model = chatOpenAI(server, { configuration });
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual([]);
    expect(checkOf(report, "small", "model-name")).toMatchObject({
      status: "skipped",
      seen: "the server lists no models",
    });
  });
});
