import { expect, it } from "vitest";
import { answerEntropy } from "../../../src/core/early-exit/answer-entropy.js";
import { asidesOf } from "../../../src/langchain/reply/asides-of.js";

it("what a watcher's failure says is in the record: no key, and no control character", async () => {
  const writer = {
    // biome-ignore lint/correctness/useYield: it fails before its first word
    async *write() {
      throw new Error("401 for \u001b[31msk-canary-123456\u202e at small");
    },
  };
  const { judge, watcher } = asidesOf(
    { closeWhen: answerEntropy({ delta: 1 }) },
    {
      messages: [],
      writers: { small: writer, large: {} } as never,
      openings: { small: {}, large: {} } as never,
      topLogprobs: 20,
      secrets: () => [{ text: "sk-canary-123456", instead: "[API key]" }],
    },
  );
  expect(judge).toBeUndefined();
  const watching = watcher?.("</think>\n\n", 0, new AbortController().signal);
  await expect(watching).rejects.toThrow(/^401 for \[31m\[API key\] at small$/);
});
