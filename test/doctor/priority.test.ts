import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { FakeVllmOptions } from "../servers/fake-vllm/fake-vllm-options.js";
import { fakeLlamacpp, llamacppModel } from "../writers/llamacpp/llamacpp-setup.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { checkOf } from "./doctor-setup.js";

const SLOW = { tokenDelayMs: 5 };

describe("the doctor on `continuationPriority`", () => {
  it.each<[string, Partial<FakeVllmOptions>, string]>([
    ["a vLLM that keeps its policy to itself", {}, "taken; vLLM does not tell"],
    ["a vLLM that shows it", { shownPolicy: "priority" }, "`continuationPriority` works"],
    [
      "another policy",
      { shownPolicy: "fcfs" },
      "its scheduler goes by fcfs: `--scheduling-policy priority`",
    ],
    ["a server that refuses", { refusesPriority: true }, "refused (Got priority -1 but"],
  ])("says what is known of %s", async (_name, options, words) => {
    const [small, large] = [await fakeVllm({ ...SLOW, ...options }), await fakeVllm(SLOW)];
    const report = await diagnose({ small: chatOpenAI(small), large: chatOpenAI(large) });
    expect(checkOf(report, "small", "priority")).toMatchObject({
      status: "ok",
      seen: expect.stringContaining(words),
    });
    expect(report.canRoute).toBe(true);
  });

  it("asks nobody else", async () => {
    const [small, large] = [await fakeLlamacpp(SLOW), await fakeLlamacpp(SLOW)];
    const report = await diagnose({ small: llamacppModel(small), large: llamacppModel(large) });
    expect(checkOf(report, "small", "priority").status).toBe("skipped");
    expect(small.requests.some(({ body }) => "priority" in body)).toBe(false);
  });
});
