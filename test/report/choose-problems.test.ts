import { expect, it } from "vitest";
import { chooseProblems } from "../../src/report/thoughts/choose-problems.js";
import type { Outcome } from "../../src/report/thoughts/outcomes.js";

const right: Outcome = { status: "ok", handoffs: 0, isRight: true };
const wrong: Outcome = { status: "ok", handoffs: 1, isRight: false };
const cut: Outcome = { status: "truncated", handoffs: 1, isRight: false };

const OUTCOMES = new Map([
  ["same 1", { primary: right, large: right, small: right }],
  ["lost 1", { primary: wrong, large: right, small: right }],
  ["gained 1", { primary: right, large: wrong, small: right }],
  ["unlike small", { primary: right, large: right, small: wrong }],
  ["cut", { primary: cut, large: wrong, small: wrong }],
  ["lost 2", { primary: cut, large: right, small: right }],
  ["gained 2", { primary: right, large: wrong, small: wrong }],
  ["gained 3", { primary: right, large: wrong, small: wrong }],
  ["same 2", { primary: wrong, large: wrong, small: wrong }],
]);

it("disagreements come first, gains and losses in turn; the rest as in the data", () => {
  expect(chooseProblems(OUTCOMES, 40)).toEqual([
    ...["gained 1", "lost 1", "gained 2", "lost 2", "gained 3"],
    ...["cut", "unlike small", "same 1", "same 2"],
  ]);
});

it("as many as are asked for", () => {
  expect(chooseProblems(OUTCOMES, 3)).toEqual(["gained 1", "lost 1", "gained 2"]);
  expect(chooseProblems(OUTCOMES, 0)).toEqual([]);
});
