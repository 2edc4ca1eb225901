import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALL_POLICIES } from "../core/policies/all-policies.js";
import { ANSWER, cap, replyOf, serving } from "./route-text.js";
import { TEXTS } from "./texts.js";

const delimiter = fc.constantFrom("\n\n", "\n\n", "\n", "\r\n\r\n", ". ");

describe("rule 21: one model in both roles gives the unrouted text", () => {
  describe.each(Object.entries(TEXTS))("%s", (_text, text) => {
    it.each(Object.entries(ALL_POLICIES))("%s", async (_policy, policy) => {
      await fc.assert(
        fc.asyncProperty(
          serving,
          fc.constantFrom("fused" as const, "probe" as const),
          cap,
          delimiter,
          fc.integer(),
          async (given, glimpse, maxStepTokens, delimiter, seed) => {
            const config = { glimpse, maxStepTokens, delimiter, policy: policy(seed) };
            const reply = await replyOf(text, given, { ...config, thinking: false });
            expect(reply).toBe(text);
            const whole = `${text}</think>\n\n${ANSWER}`;
            expect(await replyOf(whole, given, { ...config, policy: policy(seed) })).toBe(
              text + ANSWER,
            );
          },
        ),
        { numRuns: 16 },
      );
    });
  });
});
