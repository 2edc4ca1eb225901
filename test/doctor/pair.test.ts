import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { DoctorReport, PairCheckId } from "../../src/doctor/report.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";

function pairCheck(report: DoctorReport, id: PairCheckId) {
  const check = report.pair.find((each) => each.id === id);
  if (check === undefined) throw new Error(`The report has no check ${id}`);
  return check;
}

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

  it("a small model that takes its time for every request", async () => {
    const [small, large] = [
      await fakeVllm({ requestDelayMs: 700 }),
      await fakeVllm({ modelName: "large", tokenDelayMs: 5 }),
    ];
    const report = await diagnose({
      small: chatOpenAI(small),
      large: chatOpenAI(large, { model: "large" }),
    });
    expect(report.canRoute).toBe(true);
    const { status, seen, remedy } = pairCheck(report, "speed");
    expect(status).toBe("warning");
    expect(seen).toMatch(/the first after 7\d\d ms\).* it routes, and saves no time$/);
    expect(remedy).toContain("answers a request at once");
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
      /^small \d+ tokens a second \(the first after \d+ ms\), large 1\d tokens a second \(the first after \d+ ms\): with a quarter of the steps by large, a thought would take 0\.\d\d of the time of large alone$/,
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
