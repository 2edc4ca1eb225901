import { setTimeout as sleep } from "node:timers/promises";
import type { StepWriter, ThoughtPrompt } from "../../../src/index.js";

/** A model that says nothing for a while, then ends thought and answer: meanwhile the other one is not needed. */
export function pausingWriter(ms: number): StepWriter<ThoughtPrompt> {
  const kind = "pausing";
  return {
    kind,
    open: async () => ({
      kind,
      data: null,
      opensThought: true,
      promptTokens: 1,
      contextSize: null,
    }),
    async *write() {
      await sleep(ms);
      yield { type: "text", text: "0", tokens: [] };
      yield { type: "end", reason: "eos" };
    },
  };
}
