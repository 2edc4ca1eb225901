import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import {
  always,
  answerEntropy,
  closeMargin,
  GlimpRouterChatModel,
  GlimpRouterError,
} from "../../../src/index.js";
import { recordOf } from "../record-of.js";
import { ScriptedChatModel, scriptedRouter } from "../scripted-pair.js";

const RULES = [
  ["closeMargin", closeMargin(1)],
  ["answerEntropy", answerEntropy({ delta: 0.1 })],
] as const;

describe("closeWhen as an option", () => {
  it.each(RULES)(
    "%s without a closing tag is refused, and what fits is said",
    (_name, closeWhen) => {
      let refused: unknown;
      try {
        scriptedRouter({}, { closeWhen, thinking: false });
      } catch (error) {
        refused = error;
      }
      expect(GlimpRouterError.isInstance(refused)).toBe(true);
      expect(refused).toMatchObject({ reason: "invalid_option" });
      expect((refused as Error).message).toContain("`closeWhen`");
      expect((refused as Error).message).toMatch(
        /thinking: false.*give `thinking` with the model's tags/,
      );
    },
  );

  it.each(RULES)("%s may come out of a file: it is plain data", (_name, closeWhen) => {
    const read = JSON.parse(JSON.stringify(closeWhen));
    expect(scriptedRouter({}, { closeWhen: read }).router).toBeInstanceOf(GlimpRouterChatModel);
  });

  it("small watches a large model that is prompted, too", async () => {
    const router = new GlimpRouterChatModel({
      small: new ScriptedChatModel(),
      large: new FakeListChatModel({ responses: ["By large.", "It is 4."] }),
      continuation: { small: "local", large: "ask" },
      policy: always("large"),
      closeWhen: answerEntropy({ delta: 1, warmUp: 1 }),
    });
    const reply = await router.invoke("2+2?");
    expect(reply.text).toBe("It is 4.");
    expect(recordOf(reply)).toMatchObject({
      stopReason: "early-exit",
      requests: { small: 1, large: 2, watch: 1 },
      watched: [{ step: 1, variance: 0 }],
    });
  });
});
