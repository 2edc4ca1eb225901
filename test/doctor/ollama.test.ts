import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import { PLAIN } from "../prompt/chat-templates.js";
import { fakeOllama, ollamaModel } from "../writers/ollama/ollama-setup.js";
import { checkOf, failedChecks, warnedChecks } from "./doctor-setup.js";

const SLOW = { tokenDelayMs: 5 };

describe("two models of one Ollama", () => {
  it("pass every check, and are both in memory", async () => {
    const server = await fakeOllama({ ...SLOW, contextSize: 777 });
    const pair = { small: ollamaModel(server), large: ollamaModel(server, { model: "large" }) };
    const report = await diagnose(pair);
    expect(failedChecks(report)).toEqual([]);
    expect(warnedChecks(report)).toEqual([]);
    expect(report.options?.continuation).toEqual({ small: "ollama", large: "ollama" });
    const seen = (id: Parameters<typeof checkOf>[2]) => checkOf(report, "small", id).seen;
    expect(seen("version")).toBe("Ollama 0.40.2");
    expect(seen("model-name")).toBe('"small:latest" is served');
    expect(seen("prompt")).toMatch(/; one BOS$/);
    expect(seen("context-size")).toBe("777 tokens; a longer prompt is refused");
    expect(seen("candidates")).toBe("20, as asked for");
    expect(seen("stop")).toBe('"we " ends the text, and is told from EOS');
    expect(report.pair.find(({ id }) => id === "memory")).toMatchObject({
      status: "ok",
      seen: "2 models are, small and large among them",
    });
    expect(server.violations).toEqual([]);
  });

  it("that do not fit together: every hand-off loads, and what to set is named", async () => {
    const server = await fakeOllama({ ...SLOW, fit: 1 });
    const pair = { small: ollamaModel(server), large: ollamaModel(server, { model: "large" }) };
    const report = await diagnose(pair);
    expect(report.canRoute).toBe(true);
    const memory = report.pair.find(({ id }) => id === "memory");
    expect(memory?.status).toBe("warning");
    expect(memory?.remedy).toContain("OLLAMA_MAX_LOADED_MODELS");
  });

  it("that somebody else loads with other options: large is loaded anew each time", async () => {
    const server = await fakeOllama({ ...SLOW, isShared: true });
    const pair = { small: ollamaModel(server), large: ollamaModel(server, { model: "large" }) };
    const memory = (await diagnose(pair)).pair.find(({ id }) => id === "memory");
    expect(memory).toMatchObject({
      status: "warning",
      seen: "both are, but large was loaded anew for one more request (3.0 s)",
    });
    expect(memory?.remedy).toContain("num_ctx");
  });

  it("behind something that drops `truncate`: a prompt is cut without a word", async () => {
    const server = await fakeOllama({ ...SLOW, contextSize: 777, cutsAnyway: true });
    const report = await diagnose({ small: ollamaModel(server), large: ollamaModel(server) });
    const found = checkOf(report, "small", "context-size");
    expect(found.status).toBe("warning");
    expect(found.seen).toMatch(/^777 tokens, and a longer prompt loses its beginning/);
    expect(found.remedy).toContain("`truncate`");
  });

  it("a large context is not filled to see what becomes of a longer prompt", async () => {
    const server = await fakeOllama({ ...SLOW, contextSize: 32_769 });
    const report = await diagnose({ small: ollamaModel(server), large: ollamaModel(server) });
    expect(checkOf(report, "small", "context-size")).toMatchObject({
      status: "ok",
      seen: "32769 tokens; a longer prompt was not tried",
    });
    const longest = Math.max(
      ...server.to("/api/generate").map(({ prompt }) => prompt?.length ?? 0),
    );
    expect(longest).toBeLessThan(1000);
  });

  it("a template that writes a BOS which the server adds, too, is warned of", async () => {
    const server = await fakeOllama(SLOW);
    const small = ollamaModel(server);
    const continuation = {
      small: { template: PLAIN, bosToken: "<s>", eosToken: "</s>", serverAddsBos: false },
    };
    const report = await diagnose({ small, large: ollamaModel(server), continuation });
    const found = checkOf(report, "small", "prompt");
    expect(found.status).toBe("warning");
    expect(found.remedy).toContain("puts a second one before it");
    expect(checkOf(report, "large", "prompt").seen).toMatch(/; one BOS$/);
  });

  it("an older one fails, with the version that is needed", async () => {
    const server = await fakeOllama({ version: "0.11.4" });
    const report = await diagnose({ small: ollamaModel(server), large: ollamaModel(server) });
    expect(report.canRoute).toBe(false);
    expect(checkOf(report, "small", "prompt").seen).toContain("is Ollama 0.11.4");
    expect(checkOf(report, "small", "prompt").remedy).toContain("0.12.11");
  });
});
