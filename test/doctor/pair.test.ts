import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { ExaminedReport } from "../../src/doctor/examine-model.js";
import { examinePair } from "../../src/doctor/examine-pair.js";
import type { Pace } from "../../src/doctor/pace.js";
import type { DoctorReport, PairCheckId } from "../../src/doctor/report.js";
import type { Role } from "../../src/router/step-writer.js";
import type { FakeVllmOptions } from "../servers/fake-vllm/fake-vllm-options.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";

function pairCheck(report: DoctorReport, id: PairCheckId) {
  const check = report.pair.find((each) => each.id === id);
  if (check === undefined) throw new Error(`The report has no check ${id}`);
  return check;
}

/** What two models of a given pace mean together, in figures that no busy machine can move. */
function speedOf(small: Pace, large: Pace) {
  const examined = (role: Role, pace: Pace): ExaminedReport => ({
    report: { role, name: role, address: null, continuation: "vllm", checks: [] },
    continuation: "vllm",
    contextSize: null,
    pace,
  });
  const of = { small: examined("small", small), large: examined("large", large) };
  return examinePair({ small: {}, large: {} }, of).find(({ id }) => id === "speed");
}

/** The paces that a check says it has seen. */
function pacesIn(seen: string): Record<Role, Pace> {
  const [small, large] = [
    ...seen.matchAll(/([\d.]+) tokens a second \(the first after (\d+) ms\)/g),
  ].map(([, rate, firstMs]) => ({ firstMs: Number(firstMs), tokenMs: 1000 / Number(rate) }));
  if (small === undefined || large === undefined) throw new Error(`No two paces in: ${seen}`);
  return { small, large };
}

/** Two models on servers of their own. */
async function diagnosePair(
  ofSmall: Partial<FakeVllmOptions>,
  ofLarge: Partial<FakeVllmOptions>,
): Promise<DoctorReport> {
  const small = await fakeVllm(ofSmall);
  const large = await fakeVllm({ modelName: "large", ...ofLarge });
  return diagnose({ small: chatOpenAI(small), large: chatOpenAI(large, { model: "large" }) });
}

describe("S13: tokens a second of both models, and what they mean", () => {
  it("a gain, and the share of steps by large at which there is none", () => {
    // A step of 30 tokens takes 1500 ms by large and 300 by small; a hand-off waits 200 ms: 1200 / (1200 + 200).
    const speed = speedOf({ firstMs: 50, tokenMs: 10 }, { firstMs: 150, tokenMs: 50 });
    expect(speed).toMatchObject({
      status: "ok",
      seen: "small 100 tokens a second (the first after 50 ms), large 20 tokens a second (the first after 150 ms): with a quarter of the steps by large, a thought would take 0.43 of the time of large alone, and as much as it with 86 % of them",
    });
  });

  it("small answers late: no gain at a quarter, one at less", () => {
    const speed = speedOf({ firstMs: 3000, tokenMs: 10 }, { firstMs: 150, tokenMs: 50 });
    expect(speed?.status).toBe("ok");
    expect(speed?.seen).toContain(
      "take 0.93 of the time of large alone, and as much as it with 28 % of them",
    );
    const later = speedOf({ firstMs: 6000, tokenMs: 10 }, { firstMs: 150, tokenMs: 50 });
    expect(later?.status).toBe("warning");
    expect(later?.seen).toContain(
      "and as much as it with 16 % of them: it routes, and saves no time",
    );
  });

  it("U17: small takes its time for every request: it routes, and saves no time", () => {
    const speed = speedOf({ firstMs: 700, tokenMs: 1 }, { firstMs: 5, tokenMs: 5 });
    expect(speed?.status).toBe("warning");
    expect(speed?.seen).toContain(
      "and as much as it with 15 % of them: it routes, and saves no time",
    );
    expect(speed?.remedy).toContain("answers a request at once");
  });

  it("large is not slower than small: nothing can be gained", () => {
    const speed = speedOf({ firstMs: 50, tokenMs: 20 }, { firstMs: 50, tokenMs: 20 });
    expect(speed).toMatchObject({
      status: "warning",
      seen: expect.stringMatching(
        /: large is not slower than small, so no share of steps saves time$/,
      ),
    });
  });
});

describe("U17: a pair that routes, and cannot help", () => {
  it("one model as both", async () => {
    const server = await fakeVllm({ tokenDelayMs: 5 });
    const report = await diagnose({ small: chatOpenAI(server), large: chatOpenAI(server) });
    expect(report.canRoute).toBe(true);
    expect(pairCheck(report, "two-models")).toMatchObject({
      status: "warning",
      seen: "one model is both small and large: it routes, and cannot help",
    });
    expect(pairCheck(report, "speed").status).toBe("warning");
  });

  it("a large model that is not slower than small: no share of steps saves time", async () => {
    const report = await diagnosePair({ tokenDelayMs: 60 }, { tokenDelayMs: 2 });
    expect(report.canRoute).toBe(true);
    const { status, seen, remedy } = pairCheck(report, "speed");
    expect(status).toBe("warning");
    expect(seen).toMatch(
      /^small 1\d tokens a second .*: large is not slower than small, so no share of steps saves time$/,
    );
    expect(remedy).toContain("a small model that is faster than the large one");
  });

  it("a small model that takes its time for every request", async () => {
    const report = await diagnosePair({ requestDelayMs: 700 }, { tokenDelayMs: 5 });
    expect(report.canRoute).toBe(true);
    const { status, seen } = pairCheck(report, "speed");
    const { small, large } = pacesIn(seen);
    expect(small.firstMs).toBeGreaterThanOrEqual(700);
    expect(large.firstMs).toBeLessThan(small.firstMs);
    // What such figures mean is seen above. Those of a busy machine mean what they say.
    expect(status).toBe(speedOf(small, large)?.status);
  });

  it("a small model that is fast enough: how fast both are, and what that means", async () => {
    const [small, large] = [
      await fakeVllm({ tokenDelayMs: 2 }),
      await fakeVllm({ modelName: "large", tokenDelayMs: 60 }),
    ];
    const report = await diagnose({
      small: chatOpenAI(small),
      large: chatOpenAI(large, { model: "large" }),
    });
    expect(pairCheck(report, "two-models").status).toBe("ok");
    const { status, seen } = pairCheck(report, "speed");
    expect(status).toBe("ok");
    expect(seen).toMatch(
      /^small \d+ tokens a second \(the first after \d+ ms\), large 1\d tokens a second \(the first after \d+ ms\): with a quarter of the steps by large, a thought would take 0\.\d\d of the time of large alone, and as much as it with [5-9]\d % of them$/,
    );
  });

  it("a model that is prompted is not timed; a pair that cannot route is not judged", async () => {
    const server = await fakeVllm();
    const large = chatOpenAI(server);
    const prompted = await diagnose({
      small: chatOpenAI(server),
      large,
      continuation: { small: "vllm", large: "ask" },
    });
    expect(pairCheck(prompted, "speed").status).toBe("skipped");
    const broken = await diagnose({ small: chatOpenAI(server, { model: "no" }), large });
    expect(broken.pair).toEqual([]);
  });
});
