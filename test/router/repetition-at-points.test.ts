import { describe, expect, it } from "vitest";
import { always } from "../../src/core/policies/always.js";
import { ALL_POINTS } from "../core/points/all-points.js";
import { TextModel } from "../properties/text-model.js";
import { CONFIG, drive, runOver } from "./run-thought.js";

/** A repeat in a place that every point looks at, an alternation, and what comes behind. */
const REPEATED = "So x = 4, answer is 4.\n\n";
const REPEATS = `${REPEATED}${REPEATED}Wait, 2 = 2.\n\n`;
const ALTERNATES = `${REPEATED}Wait, 2 = 2.\n\n${REPEATED}Wait, 2 = 2.\n\nNo, 7 = 7.\n\n`;
const ANSWER = "It is 4.";

const SERVINGS = [
  { sizes: [1], entropies: [0.1, 2], chunks: [1], keepStop: false },
  { sizes: [3, 1, 4], entropies: [0.1], chunks: [2, 5], keepStop: true },
];

describe("a step that is forced by a repetition goes to large at its start, at every point", () => {
  it.each(ALL_POINTS.map((point) => [point.name, point] as const))("%s", async (_name, point) => {
    for (const [text, forced] of [
      [REPEATS, 3],
      [ALTERNATES, 5],
    ] as const) {
      for (const serving of SERVINGS) {
        const model = () => new TextModel(`${text}</think>\n\n${ANSWER}`, serving);
        const config = { ...CONFIG, point, policy: always("small") };
        const { thought, answer, record, events } = await runOver(model(), config);
        expect(thought + answer).toBe(text + ANSWER);
        const routes = record.steps.map(({ route }) => route);
        expect(routes).toEqual(
          routes.map((_route, index) => (index + 1 === forced ? "large" : "small")),
        );
        const step = record.steps[forced - 1];
        expect(step).toMatchObject({ discarded: 0, decisions: [{ value: null, route: "large" }] });
        expect(step?.parts).toMatchObject([{ route: "large", from: 0 }]);
        const decided = events.filter((event) => event.type === "route-decided" && event.forced);
        expect(decided).toMatchObject([{ step: forced, route: "large", value: null }]);
        expect((await drive(model(), config)).state.thought).toBe(thought);
      }
    }
  });
});
