import type { ChatOpenAIFields } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { type DoctorOptions, diagnose } from "../../src/doctor/diagnose.js";
import type { DoctorReport } from "../../src/doctor/report.js";
import type { FakeVllmOptions } from "../servers/fake-vllm/fake-vllm-options.js";
import type { FakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../writers/vllm/vllm-setup.js";
import { checkOf, failedChecks, warnedChecks } from "./doctor-setup.js";

/** A report where small has the defect and large has none. */
async function withDefect(
  options: Partial<FakeVllmOptions>,
  from: {
    readonly prepare?: (server: FakeVllm) => void;
    readonly fields?: (server: FakeVllm) => ChatOpenAIFields;
    readonly doctor?: Partial<DoctorOptions>;
  } = {},
): Promise<DoctorReport> {
  const [defect, good] = [await fakeVllm(options), await fakeVllm()];
  from.prepare?.(defect);
  return diagnose({
    small: chatOpenAI(defect, from.fields?.(defect) ?? {}),
    large: chatOpenAI(good),
    ...from.doctor,
  });
}

/** Requests whose bodies are changed on their way: what a server ignores. */
function ignoring(pattern: RegExp): () => ChatOpenAIFields {
  return () => ({
    configuration: {
      fetch: (url, init) =>
        fetch(url, {
          ...init,
          ...(init?.body ? { body: String(init.body).replace(pattern, "") } : {}),
        }),
    },
  });
}

describe("a server that cannot be used", () => {
  it("wrong address: nothing else is tried, and nothing twice", async () => {
    const report = await withDefect(
      {},
      { fields: () => ({ maxRetries: 6, configuration: { baseURL: "http://127.0.0.1:9/v1" } }) },
    );
    expect(report.canRoute).toBe(false);
    expect(report).toMatchObject({ options: null, snippet: null });
    expect(failedChecks(report)).toEqual(["small reachable"]);
    const { seen, remedy } = checkOf(report, "small", "reachable");
    expect(seen).toMatch(
      /^The small model's server at http:\/\/127\.0\.0\.1:9\/v1 failed at listing its models \(GET \/models\): /,
    );
    expect(remedy).toBe("Check `configuration.baseURL`, and that the server is up.");
    const blocked = report.small.checks.filter(({ blockedBy }) => blockedBy === "reachable");
    expect(blocked).toHaveLength(report.small.checks.length - 1);
    expect(blocked.map(({ status }) => status)).toEqual(blocked.map(() => "skipped"));
  });

  it("an address without /v1", async () => {
    const report = await withDefect(
      {},
      {
        fields: ({ url }) => ({ configuration: { baseURL: url } }),
      },
    );
    expect(warnedChecks(report)).toEqual(["small reachable"]);
    expect(failedChecks(report)).toEqual(["small think-tag"]);
    for (const id of ["reachable", "think-tag"] as const) {
      expect(checkOf(report, "small", id).remedy).toBe(
        "Check `configuration.baseURL`: it usually ends in /v1.",
      );
    }
  });

  it("a web page", async () => {
    const report = await withDefect(
      {},
      { prepare: (server) => server.fail("html", { times: 99 }) },
    );
    expect(failedChecks(report)).toEqual(["small reachable"]);
    const { seen, remedy } = checkOf(report, "small", "reachable");
    expect(seen).toContain("<!doctype html><title>Welcome</title>");
    expect(remedy).toBe(
      "Is `configuration.baseURL` the API's address (usually ending in /v1), and not a web page?",
    );
  });

  it("a wrong key", async () => {
    const report = await withDefect({ apiKey: "right-key" });
    expect(failedChecks(report)).toEqual(["small reachable"]);
    expect(checkOf(report, "small", "reachable").remedy).toBe("Check the model's `apiKey`.");
  });

  it("a wrong name: the names that there are", async () => {
    const report = await withDefect({ modelName: "qwen" });
    expect(failedChecks(report)).toEqual(["small model-name"]);
    expect(checkOf(report, "small", "model-name")).toMatchObject({
      seen: '"small" is not among what is served: "qwen"',
      remedy: "Set the model's `model` to a name that the server serves.",
    });
    expect(checkOf(report, "small", "version").seen).toBe("vLLM 0.32.0");
  });

  it("an unknown continuation: the list of those that there are", async () => {
    const report = await withDefect({}, { doctor: { continuation: "vlm" as never } });
    expect(failedChecks(report)).toEqual(["small continuation", "large continuation"]);
    expect(checkOf(report, "small", "continuation").seen).toContain('got "vlm"');
  });

  it("no answer in time", async () => {
    const report = await withDefect({ requestDelayMs: 5000 }, { doctor: { timeoutMs: 300 } });
    const { seen, status } = checkOf(report, "small", "think-tag");
    expect({ seen, status }).toEqual({ seen: "no answer within 0.3 s", status: "failed" });
  });
});

describe("a server whose log-probabilities cannot be routed by", () => {
  it("none at all", async () => {
    const report = await withDefect(
      {},
      {
        prepare: (server) => server.fail("no-logprobs", { path: "/v1/completions", times: 99 }),
      },
    );
    expect(failedChecks(report)).toEqual(["small log-probs"]);
    expect(checkOf(report, "small", "log-probs")).toMatchObject({
      seen: "text came without any",
      remedy:
        "Serve the small model where log-probabilities come with the stream, as they do on vLLM, SGLang, and llama.cpp.",
    });
  });

  it("none at all of large: it needs none", async () => {
    const [small, large] = [await fakeVllm(), await fakeVllm({ maxLogprobs: 0 })];
    large.fail("no-logprobs", { path: "/v1/completions", times: 99 });
    const report = await diagnose({ small: chatOpenAI(small), large: chatOpenAI(large) });
    expect(report.canRoute).toBe(true);
    expect(checkOf(report, "large", "log-probs").seen).toBe("refused; the large model needs none");
    expect(checkOf(report, "large", "continues").status).toBe("ok");
  });

  it("five, and a refusal to give more", async () => {
    const report = await withDefect({ maxLogprobs: 5 });
    expect(failedChecks(report)).toEqual(["small log-probs"]);
    expect(checkOf(report, "small", "log-probs")).toMatchObject({
      seen: "the server allows 5 candidates, and 20 were asked for",
      remedy: "Set `topLogprobs: 5`, or start the server with --max-logprobs 20.",
    });
    const asAdvised = await withDefect({ maxLogprobs: 5 }, { doctor: { topLogprobs: 5 } });
    expect(asAdvised.canRoute).toBe(true);
    expect(asAdvised.snippet).toContain("topLogprobs: 5");
  });

  it("five, silently", async () => {
    const whole = scriptedThought(SCRIPT);
    const few = await withDefect({
      // One candidate has nearly all the probability: what is missing could not be told by the mass.
      model: (prompt) =>
        whole(prompt).map((token) => ({
          ...token,
          top: [[token.listed ?? token.text, -1e-4] as const, ...token.top.slice(1, 5)],
        })),
    });
    expect(failedChecks(few)).toEqual(["small candidates"]);
    expect(checkOf(few, "small", "candidates")).toMatchObject({
      seen: "5 of the 20 that were asked for",
      remedy:
        "Set `topLogprobs: 5` (the threshold is then at most ln 5 = 1.609), or let the server give 20 (vLLM: --max-logprobs 20).",
    });
  });

  it("after temperature", async () => {
    const report = await withDefect({ processedLogprobs: true });
    expect(failedChecks(report)).toEqual(["small raw-log-probs"]);
    const { seen, remedy } = checkOf(report, "small", "raw-log-probs");
    expect(seen).toMatch(/a candidate moves by \d\d\.\d\d nats, H from 0\.10 to 0\.00$/);
    expect(remedy).toContain("--logprobs-mode raw_logprobs");
  });

  it("after top-k: -9999 among the candidates", async () => {
    const report = await withDefect(
      { processedLogprobs: true },
      {
        fields: () => ({ modelKwargs: { top_k: 3 } }),
      },
    );
    expect(failedChecks(report)).toEqual(["small raw-log-probs"]);
    expect(checkOf(report, "small", "raw-log-probs").seen).toMatch(
      /^\d+ candidates of \d+ are impossible \(-9999 or less\): cut before they were reported$/,
    );
  });

  it("two ids with one text, beyond repair", async () => {
    const whole = scriptedThought(SCRIPT);
    const report = await withDefect({
      model: (prompt) =>
        whole(prompt).map((token) => ({
          ...token,
          // The likelier twin is gone from the map, and with it a quarter of the probability.
          top: [
            [token.listed ?? token.text, Math.log(0.5)] as const,
            [" twin", Math.log(0.4)] as const,
            [" twin", Math.log(0.05)] as const,
            ...token.top.slice(3),
          ],
        })),
    });
    expect(checkOf(report, "small", "equal-texts")).toMatchObject({
      status: "warning",
      remedy:
        'Such a glimpse is an error. If it happens often, use `continuation: "vllm-chat"`, which lists candidates.',
    });
  });
});

describe("a server that does not do what it is asked", () => {
  it("ignores stop strings: a warning for small, a failure for large", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, ignoring(/"stop":\["[^\]]*"\],/)());
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual(["large stop"]);
    expect(warnedChecks(report)).toContain("small stop");
    expect(checkOf(report, "large", "stop")).toMatchObject({
      seen: '"we " is ignored: "<think>\\nFirst we add 2 and 2."',
      remedy:
        "Use a server that obeys stop strings for the large model: each of its steps ends so.",
    });
  });

  it("begins a turn of its own instead of going on", async () => {
    const report = await withDefect({
      model: () => scriptedThought(SCRIPT)("<|im_start|>assistant\n"),
    });
    expect(failedChecks(report)).toEqual(["small continues"]);
    expect(checkOf(report, "small", "continues").seen).toContain(
      "a new turn begins, with a thought of its own",
    );
  });

  it("gives no usage: a warning", async () => {
    const report = await withDefect({}, { fields: ignoring(/"stream_options":\{[^}]*\},/) });
    expect(failedChecks(report)).toEqual([]);
    expect(warnedChecks(report)).toContain("small usage");
    expect(checkOf(report, "small", "usage").seen).toContain("marked `estimated`");
  });
});

describe("bad options", () => {
  it.each([
    ["topLogprobs", { topLogprobs: 1 }],
    ["timeoutMs", { timeoutMs: 0 }],
  ])("%s is refused with its value", async (field, options) => {
    const model = chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" });
    await expect(diagnose({ small: model, large: model, ...options })).rejects.toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining(`Expected \`${field}\` to be a whole number`),
    });
  });

  it("an aborted signal ends the examination", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(diagnose({ small: model, large: model, signal })).rejects.toThrow("enough");
    expect(server.requests).toEqual([]);
  });
});
