import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { CheckReport, DoctorReport } from "../../src/doctor/report.js";
import type { FakeVllmOptions } from "../servers/fake-vllm/fake-vllm-options.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../writers/vllm/vllm-setup.js";
import { checkOf, failedChecks } from "./doctor-setup.js";

async function examined(
  options: Partial<FakeVllmOptions>,
  continuation: "auto" | "vllm" | "vllm-chat" = "auto",
): Promise<{ report: DoctorReport; unfinished: CheckReport; closed: CheckReport }> {
  const model = chatOpenAI(await fakeVllm(options));
  const report = await diagnose({ small: model, large: model, continuation });
  return {
    report,
    unfinished: checkOf(report, "small", "unfinished-thought"),
    closed: checkOf(report, "small", "closed-thought"),
  };
}

const HEADER = "<|im_start|>assistant\n";

describe("continued as text: no template can harm the thought, and its tail is shown", () => {
  it.each([
    [
      "qwen3",
      `...rt|>assistant\n<think>\n\n</think>\n\n<think>\nA step.\n\n`,
      "which is why it is not sent as one",
    ],
    [
      "trimming",
      `...9.<|im_end|>\n${HEADER}<think>\nA step.`,
      "which is why it is not sent as one",
    ],
  ] as const)("%s: what a chat message would become", async (template, tail, why) => {
    const { report, unfinished } = await examined({ template });
    expect(report.canRoute).toBe(true);
    expect(unfinished.status).toBe("ok");
    expect(unfinished.seen).toContain(
      `the model is given ${JSON.stringify(`...\n${HEADER}<think>\nA step.\n\n`)}`,
    );
    expect(unfinished.seen).toContain(
      `as a chat message it would become ${JSON.stringify(tail)}, ${why}`,
    );
  });

  it.each(["plain", "r1"] as const)("%s: a chat message would be kept", async (template) => {
    const { report, unfinished, closed } = await examined({ template });
    expect(report.canRoute).toBe(true);
    expect(unfinished.seen).toContain("as a chat message it would be kept too");
    expect(closed.status).toBe("skipped");
  });

  it("a reasoning parser is found, and harmless", async () => {
    const on = await examined({ reasoningParser: true });
    expect(on.report.canRoute).toBe(true);
    expect(checkOf(on.report, "small", "reasoning-parser")).toMatchObject({
      status: "ok",
      seen: "on, and harmless: text completions are not parsed",
    });
    const off = await examined({});
    expect(checkOf(off.report, "small", "reasoning-parser").seen).toBe(
      "off, or there was no thought to parse",
    );
  });

  it("only /v1 is exposed: found by its list of models, rendered by a chat request", async () => {
    const { report, unfinished } = await examined({ onlyV1: true });
    expect(failedChecks(report)).toEqual([]);
    expect(report.small.continuation).toBe("vllm");
    expect(unfinished.status).toBe("ok");
    expect(checkOf(report, "small", "version").seen).toBe("the server does not tell its version");
    expect(checkOf(report, "small", "abort").seen).toContain("the server does not tell");
    expect(report.snippet).toContain('continuation: { small: "vllm", large: "vllm" }');
  });

  it("thinking switched off in the template: the prompt's tail, and the switch", async () => {
    const server = await fakeVllm({ template: "qwen3" });
    const model = chatOpenAI(server, {
      modelKwargs: { chat_template_kwargs: { enable_thinking: false } },
    });
    const report = await diagnose({ small: model, large: model });
    expect(failedChecks(report)).toEqual(["small unfinished-thought", "large unfinished-thought"]);
    const { seen, remedy } = checkOf(report, "small", "unfinished-thought");
    expect(seen).toContain('the prompt ends in "');
    expect(seen).toContain(String.raw`<think>\n\n</think>\n\n"`);
    expect(remedy).toContain("Switch thinking on in the template");
  });

  it("thinking: false: nobody opens a thought", async () => {
    const model = chatOpenAI(await fakeVllm({ script: { ...SCRIPT, tags: null } }));
    const report = await diagnose({ small: model, large: model, thinking: false });
    expect(failedChecks(report)).toEqual([]);
    expect(checkOf(report, "small", "think-tag").seen).toBe(
      'nobody: a reply begins with "First we add 2 and 2.\\n\\nWait,"',
    );
    expect(report.snippet).toContain("thinking: false");
    const thinks = chatOpenAI(await fakeVllm());
    const other = await diagnose({ small: thinks, large: thinks, thinking: false });
    expect(checkOf(other, "small", "think-tag").status).toBe("warning");
  });
});

describe("continued as a chat message (vllm-chat): the template decides", () => {
  it("qwen3 puts an empty thought in front: failed, with the prompt's tail", async () => {
    const { report, unfinished } = await examined({ template: "qwen3" }, "vllm-chat");
    expect(report.canRoute).toBe(false);
    expect(failedChecks(report)).toEqual(["small unfinished-thought", "large unfinished-thought"]);
    expect(unfinished.seen).toContain(String.raw`<think>\n\n</think>\n\n<think>\nA step.\n\n"`);
    expect(unfinished.remedy).toMatch(/^Use `continuation: "vllm"`/);
  });

  it("a trimming one loses the blank line: failed, with what is kept", async () => {
    const { report, unfinished } = await examined({ template: "trimming" }, "vllm-chat");
    expect(report.canRoute).toBe(false);
    expect(unfinished).toMatchObject({ status: "failed" });
    expect(unfinished.seen).toContain(String.raw`<think>\nA step."`);
    expect(unfinished.remedy).toMatch(/^Use `continuation: "vllm"`/);
  });

  it("r1 keeps the open thought and deletes the closed one: failed, with the server's words", async () => {
    const { report, unfinished, closed } = await examined({ template: "r1" }, "vllm-chat");
    expect(unfinished.status).toBe("ok");
    // Large would answer behind it, and refuses already to begin.
    expect(failedChecks(report)).toEqual(["small closed-thought", "large unfinished-thought"]);
    expect(closed.seen).toContain("the final message does not appear in the chat");
    expect(closed.remedy).toMatch(/^Use `continuation: "vllm"`/);
  });

  it("a plain one keeps both, with a reasoning parser on as well", async () => {
    const { report, unfinished, closed } = await examined({ reasoningParser: true }, "vllm-chat");
    expect(failedChecks(report)).toEqual([]);
    expect(unfinished.seen).toContain(String.raw`<think>\nA step.\n\n"`);
    expect(closed.seen).toContain(String.raw`<think>\nA step.\n</think>\n\n"`);
    expect(checkOf(report, "small", "reasoning-parser").seen).toBe(
      "on: the thought is read from its own field",
    );
    expect(report.snippet).toContain('continuation: { small: "vllm-chat", large: "vllm-chat" }');
  });
});
