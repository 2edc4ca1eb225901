import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { FakeVllmOptions } from "../servers/fake-vllm/fake-vllm-options.js";
import type { FakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import { fakeLlamacpp, llamacppModel } from "../writers/llamacpp/llamacpp-setup.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { checkOf, failedChecks } from "./doctor-setup.js";

/** What the doctor says of small's cache; large has none that is told. */
async function examined(options: Partial<FakeVllmOptions>, before?: FakeVllm) {
  const small = before ?? (await fakeVllm(options));
  const large = await fakeVllm({ modelName: "large" });
  const report = await diagnose({
    small: chatOpenAI(small),
    large: chatOpenAI(large, { model: "large" }),
  });
  expect(failedChecks(report)).toEqual([]);
  const sent = small
    .to("/v1/completions")
    .filter(({ body }) => / \d{6},/.test(String(body.prompt)));
  return { check: checkOf(report, "small", "prefix-cache"), sent, small };
}

/** Tokens of what the server had seen, and those of them that it took from its cache. */
function figures(seen: string): { known: number; cached: number } {
  const [, known, cached] =
    /^of (\d+) tokens that it had seen, the server took (\d+) from its cache/.exec(seen) ?? [];
  return { known: Number(known), cached: Number(cached) };
}

describe("S13: how much of a continued thought comes from the prefix cache", () => {
  it("blocks of 16 tokens: nearly all, seen at one hand-off", async () => {
    const { check, sent } = await examined({ cacheBlock: 16 });
    expect(check.status).toBe("ok");
    const { known, cached } = figures(check.seen);
    expect(known).toBeGreaterThanOrEqual(128);
    expect(cached).toBe(Math.floor(known / 16) * 16);
    expect(sent.length).toBeLessThanOrEqual(4);
  });

  it("blocks of 528 tokens, as hybrid models have them: a warning with the figure", async () => {
    const { check } = await examined({ cacheBlock: 528 });
    expect(check.status).toBe("warning");
    expect(figures(check.seen).cached).toBe(528);
    expect(check.seen).toMatch(
      /, and of \d\d\d none: it caches in blocks of up to 528 tokens, so a hand-off reads up to as many again$/,
    );
    expect(check.remedy).toContain("Hybrid models do so");
  });

  it("blocks of 2,096 tokens", async () => {
    const { check } = await examined({ cacheBlock: 2096 });
    expect(check.status).toBe("warning");
    expect(figures(check.seen).cached).toBe(2096);
  });

  it("no cache at all: the whole thought is read again", async () => {
    const { check } = await examined({ cacheBlock: 0 });
    expect(check.status).toBe("warning");
    expect(check.seen).toMatch(
      /took 0 from its cache at a hand-off: each hand-off reads the whole/,
    );
    expect(check.remedy).toContain("--enable-prefix-caching");
  });

  it("a context of 512 tokens is never left", async () => {
    const { check, sent } = await examined({ cacheBlock: 2096, maxModelLen: 512 });
    expect(check.status).toBe("warning");
    expect(Math.max(...sent.map(({ body }) => String(body.prompt).split(",").length))).toBeLessThan(
      400,
    );
  });

  it("a second visit is not fooled by what the first left in the cache", async () => {
    const { small } = await examined({ cacheBlock: 528 });
    const { check } = await examined({}, small);
    expect(check.status).toBe("warning");
    expect(figures(check.seen).cached).toBe(528);
  });

  it("not told: one request, and the flag that tells it", async () => {
    const { check, sent } = await examined({});
    expect(check).toMatchObject({
      status: "skipped",
      seen: expect.stringContaining("vLLM: --enable-prompt-tokens-details"),
    });
    expect(sent).toHaveLength(1);
  });

  it("llama.cpp tells it always", async () => {
    const server = await fakeLlamacpp();
    const model = llamacppModel(server);
    const report = await diagnose({ small: model, large: model });
    const { status, seen } = checkOf(report, "small", "prefix-cache");
    expect(status).toBe("ok");
    const { known, cached } = figures(seen);
    expect(cached).toBeGreaterThan(known - 8);
  });
});
