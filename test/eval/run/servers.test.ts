import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../../writers/vllm/vllm-setup.js";
import { temporaryFolder } from "../temporary-folder.js";
import { run } from "./run-planned.js";

const PROBLEMS = [{ id: "1", prompt: "2+2?", answer: 4 }];

describe("models on a server", () => {
  it("are asked for a whole reply in one request, for the prompt that the router renders", async () => {
    const server = await fakeVllm();
    const work = await temporaryFolder();
    const model = chatOpenAI(server, { temperature: 0.6 });
    const records = await run({
      small: model,
      large: model,
      problems: PROBLEMS,
      arms: ["large", "small", "routed"],
      work,
    });
    const told = JSON.parse(await readFile(join(work, "run.json"), "utf8"));
    expect(told.models.small).toMatchObject({ name: `${server.baseURL}#small`, server: "vllm" });
    expect(JSON.stringify(told)).not.toContain("test-key");
    expect(server.violations).toEqual([]);
    const [large, small, routed] = records;
    expect(large).toMatchObject({
      status: "ok",
      score: 1,
      answer: SCRIPT.answer,
      thought: "First we add 2 and 2.\n\nWait, is that right?\n\nYes, it is four.",
      stopReason: "eos",
      requests: { small: 0, large: 1 },
      surprise: null,
    });
    expect(large?.usage.large.estimated).toBe(false);
    expect(small).toMatchObject({ score: 1, requests: { small: 1, large: 0 } });
    expect(small?.surprise).toBeGreaterThan(0);
    expect(routed).toMatchObject({ score: 1, requests: { small: 2, large: 2 } });
    const prompts = server
      .to("/v1/completions")
      .map(({ body }) => (body as { prompt: string }).prompt);
    expect(prompts[0]).toBe(prompts[1]);
    expect(prompts[2]?.startsWith(prompts[0] ?? "?")).toBe(true);
  });

  it("that let nobody in end the run with the first reply", async () => {
    const server = await fakeVllm({ apiKey: "secret" });
    const model = chatOpenAI(server, { apiKey: "wrong" });
    const evaluated = run({ small: model, large: model, problems: PROBLEMS, arms: ["large"] });
    await expect(evaluated).rejects.toMatchObject({ name: "GlimpRouterError", status: 401 });
    await expect(evaluated).rejects.toThrow(/^A model lets nobody in, so the run ends here/);
  });

  it("that are down end the run before it begins", async () => {
    const model = chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" });
    const evaluated = run({ small: model, large: model, problems: PROBLEMS, arms: ["large"] });
    await expect(evaluated).rejects.toThrow(/The (small|large) model's server at http:/);
  });

  it("may be cut off by the context", async () => {
    const server = await fakeVllm({ model: scriptedThought(SCRIPT) });
    const model = chatOpenAI(server);
    const [large] = await run({
      small: model,
      large: model,
      problems: PROBLEMS,
      arms: ["large"],
      router: { maxThoughtTokens: 4, maxAnswerTokens: 4 },
    });
    expect(large).toMatchObject({
      status: "truncated",
      score: 0,
      stopReason: "length",
      answer: "",
    });
    expect(large?.usage.large.output).toBe(8);
  });
});
