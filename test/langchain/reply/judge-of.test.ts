import { expect, it } from "vitest";
import { judgeOf } from "../../../src/langchain/reply/judge-of.js";

const VERIFY = {
  by: "x",
  threshold: 1,
  when: "always",
  onFailure: "accept",
  timeoutMs: 1,
} as const;

it("what a judge's failure says is in the record: no key, and no control character", async () => {
  const judge = judgeOf(
    {
      ...VERIFY,
      judge: () =>
        Promise.reject(new Error("401 for \u001b[31msk-canary-123456\u202e at the judge")),
    },
    {
      messages: [],
      writers: {} as never,
      openings: {} as never,
      topLogprobs: 20,
      secrets: () => [{ text: "sk-canary-123456", instead: "[API key]" }],
    },
  );
  const judging = judge?.({ thought: "", step: "", tokens: 0 }, new AbortController().signal);
  await expect(judging).rejects.toThrow(/^401 for \[31m\[API key\] at the judge$/);
});
