import { expect, it } from "vitest";
import { branchedRows, tallyBranches } from "../../../src/eval/calibrate/branches.js";
import type { DrawnReply } from "../../../src/eval/calibrate/draw-replies.js";
import type { KeptReply } from "../../../src/eval/calibrate/kept-reply.js";

/** A reply of three steps; the second is told by `draft`. */
function reply(
  score: number,
  { at, draft = "two", status = "ok" }: Partial<ReplySettings> = {},
): DrawnReply {
  return {
    reply: { problem: "p", cluster: "c", score, status } as KeptReply,
    rate: 0,
    judged: false,
    occasions: ["one", draft, at === 1 ? "three, on another way" : "three"].map((text, index) => ({
      step: index + 1,
      handedOver: index === at,
      values: { stepStart: index / 10 },
      asked: {},
      tokens: 2,
      draft: text,
      bad: null,
    })),
  };
}

interface ReplySettings {
  readonly at: number;
  readonly draft: string;
  readonly status: KeptReply["status"];
}

it("a pair has the values at its hand-over, and stands for the occasions that it was drawn from", () => {
  const rows = branchedRows([reply(0), reply(1, { at: 1 }), reply(0, { at: 2 })]);
  expect(rows).toMatchObject([
    { difference: 1, occasions: 3, step: 2, values: { stepStart: 0.1 }, cluster: "c" },
    { difference: 0, occasions: 3, step: 3, values: { stepStart: 0.2 } },
  ]);
});

it("replies that did not begin alike are no pair, nor is one that failed or had no step to hand over", () => {
  const other = reply(1, { at: 2, draft: "two, by a server's noise" });
  const failed = reply(0, { at: 1, status: "error" });
  expect(branchedRows([reply(0), other, failed, reply(0)])).toEqual([]);
  // What came behind the hand-over may differ: that is what is looked at.
  expect(
    branchedRows([reply(0), { ...other, occasions: reply(1, { at: 1 }).occasions }]),
  ).toHaveLength(1);
  expect(branchedRows([failed, reply(1, { at: 1 })])).toEqual([]);
});

it("counts what came out better and worse", () => {
  const problems = [
    [reply(0), reply(1, { at: 1 })],
    [reply(1), reply(0.5, { at: 0 })],
    [reply(1), reply(1, { at: 0 })],
  ];
  expect(tallyBranches(problems)).toEqual({ n: 3, better: 1, worse: 1 });
  expect(tallyBranches([[], []])).toBeNull();
});
