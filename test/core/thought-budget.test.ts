import { describe, expect, it } from "vitest";
import {
  answerAllowance,
  type ContextRoom,
  checkRoom,
  thoughtAllowance,
} from "../../src/core/thought-budget.js";

const LIMITS = { maxStepTokens: 50, maxThoughtTokens: 1000, maxAnswerTokens: 200, maxSteps: 10 };
const UNKNOWN: ContextRoom = { promptTokens: null, contextSize: null };

function room(contextSize: number, promptTokens: number | null = 100): ContextRoom {
  return { promptTokens, contextSize };
}

function rooms(writer: ContextRoom, answerer: ContextRoom | null = UNKNOWN, capStep = false) {
  return { writer, answerer, capStep };
}

describe("thoughtAllowance", () => {
  it("is what the thought's budget leaves where nobody tells a context", () => {
    const allowance = thoughtAllowance(LIMITS, 300, rooms(UNKNOWN));
    expect(allowance).toEqual({ maxTokens: 700, limitedBy: "budget" });
  });

  it("is the step cap where one applies and is least", () => {
    const capped = rooms(UNKNOWN, UNKNOWN, true);
    expect(thoughtAllowance(LIMITS, 300, capped)).toEqual({ maxTokens: 50, limitedBy: "step" });
    expect(thoughtAllowance(LIMITS, 960, capped)).toEqual({ maxTokens: 40, limitedBy: "budget" });
    expect(thoughtAllowance(LIMITS, 950, capped)).toEqual({ maxTokens: 50, limitedBy: "budget" });
  });

  it("is what the writer's context leaves behind prompt and thought", () => {
    const allowance = thoughtAllowance(LIMITS, 300, rooms(room(500)));
    expect(allowance).toEqual({ maxTokens: 100, limitedBy: "context" });
  });

  it("keeps room in the answerer's context: the answer and 16 tokens for its tags", () => {
    const allowance = thoughtAllowance(LIMITS, 300, rooms(UNKNOWN, room(1100)));
    expect(allowance).toEqual({ maxTokens: 1000 - 300 - 200 - 16, limitedBy: "context" });
  });

  it("but for the answer at most a quarter of what the prompt leaves", () => {
    const allowance = thoughtAllowance(LIMITS, 0, rooms(UNKNOWN, room(500)));
    expect(allowance).toEqual({ maxTokens: 400 - 100 - 16, limitedBy: "context" });
  });

  it("counts a prompt of unknown length as none", () => {
    expect(thoughtAllowance(LIMITS, 0, rooms(room(500, null))).maxTokens).toBe(500);
  });

  it("is capped by the answer's limit where the steps are the reply", () => {
    const allowance = thoughtAllowance(LIMITS, 50, rooms(UNKNOWN, null));
    expect(allowance).toEqual({ maxTokens: 150, limitedBy: "budget" });
  });

  it("is what a limit of the whole reply leaves: a quarter of it is kept for the answer", () => {
    const of = (
      maxReplyTokens: number,
      thoughtTokens = 0,
      answerer: ContextRoom | null = UNKNOWN,
    ) =>
      thoughtAllowance({ ...LIMITS, maxReplyTokens }, thoughtTokens, rooms(UNKNOWN, answerer))
        .maxTokens;
    expect([of(100), of(100, 30), of(1), of(400, 0, null), of(120, 50, null)]).toEqual([
      75, 45, 0, 200, 70,
    ]);
    // Of the answer's own 200, and within the thought's own limit.
    expect([of(900), of(5000)]).toEqual([700, 1000]);
    expect(answerAllowance({ ...LIMITS, maxReplyTokens: 100 }, 75, UNKNOWN)).toBe(25);
    expect(answerAllowance({ ...LIMITS, maxReplyTokens: 100 }, 10, UNKNOWN)).toBe(90);
    expect(answerAllowance({ ...LIMITS, maxReplyTokens: 1 }, 0, UNKNOWN)).toBe(1);
  });

  it("is 0 or less where there is no room, and says which limit it was", () => {
    expect(thoughtAllowance(LIMITS, 1000, rooms(UNKNOWN))).toEqual({
      maxTokens: 0,
      limitedBy: "budget",
    });
    const context = thoughtAllowance(LIMITS, 450, rooms(room(500)));
    expect(context).toEqual({ maxTokens: -50, limitedBy: "context" });
  });
});

describe("answerAllowance", () => {
  it("is the answer's limit, or what the context leaves behind thought and tags", () => {
    expect(answerAllowance(LIMITS, 300, UNKNOWN)).toBe(200);
    expect(answerAllowance(LIMITS, 300, room(500))).toBe(500 - 100 - 300 - 16);
  });

  it("is at least 1, so that a server can say what is wrong", () => {
    expect(answerAllowance(LIMITS, 900, room(500))).toBe(1);
  });
});

describe("checkRoom", () => {
  it("refuses a prompt that leaves fewer than 64 tokens, with the figures", () => {
    expect(() => checkRoom("large", room(163))).toThrow(
      expect.objectContaining({
        reason: "context",
        message: expect.stringMatching(/100 tokens for the large model, whose context holds 163/),
      }),
    );
    expect(checkRoom("large", room(164))).toBeUndefined();
  });

  it("cannot judge where a figure is unknown", () => {
    expect(checkRoom("small", UNKNOWN)).toBeUndefined();
    expect(checkRoom("small", room(10, null))).toBeUndefined();
  });
});
