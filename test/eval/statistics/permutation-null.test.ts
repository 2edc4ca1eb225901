import { describe, expect, it } from "vitest";
import { permutationNull } from "../../../src/eval/statistics/permutation-null.js";
import { randomSource } from "../../../src/eval/statistics/random-source.js";

/** Fisher, The Design of Experiments, 1935: eight cups, four with milk first. */
const CUPS = {
  positive: [true, true, true, true, false, false, false, false],
  problemOf: new Array<string>(8).fill("tea"),
};

const chance = (menu: readonly (readonly number[])[]) =>
  permutationNull(
    menu.map((values, index) => ({ name: `s${index}`, values })),
    CUPS,
    { draws: 40_000, seed: 5 },
  );

describe("permutationNull", () => {
  it("is Fisher's tea: all four right by chance in 1 of 70, three in 17 of 70", () => {
    const [all] = chance([[1, 1, 1, 1, 0, 0, 0, 0]]);
    const [three] = chance([[1, 1, 1, 0, 1, 0, 0, 0]]);
    expect(all).toMatchObject({ name: "s0", within: 1 });
    expect(three?.within).toBe(0.75);
    expect(Math.abs((all?.p ?? 0) - 1 / 70)).toBeLessThan(0.003);
    expect(Math.abs((three?.p ?? 0) - 17 / 70)).toBeLessThan(0.008);
  });

  it("compares with the best of the menu: two guesses that exclude each other have twice the chance", () => {
    // Either is all right in 1 of 70 shuffles, never both: Westfall and Young's single step is 2 of 70.
    const [right, wrong] = chance([
      [1, 1, 1, 1, 0, 0, 0, 0],
      [0, 0, 0, 0, 1, 1, 1, 1],
    ]);
    expect(Math.abs((right?.p ?? 0) - 2 / 70)).toBeLessThan(0.004);
    expect(wrong).toMatchObject({ within: 0, p: 1 });
  });

  it("gives nothing for telling hard problems from easy ones", () => {
    const [result] = permutationNull(
      [{ name: "difficulty", values: [9, 9, 9, 9, 1, 1, 1, 1] }],
      {
        positive: [true, true, true, false, true, false, false, false],
        problemOf: [..."hhhheeee"],
      },
      { draws: 200, seed: 1 },
    );
    expect(result).toEqual({ name: "difficulty", within: 0.5, p: 1 });
  });

  it("holds its level for the best of ten signals that know nothing", () => {
    const random = randomSource(11);
    let found = 0;
    for (let trial = 0; trial < 200; trial++) {
      const problemOf = Array.from({ length: 60 }, (_, item) => `p${item % 12}`);
      const positive = problemOf.map(() => random.unit() < 0.3);
      const menu = Array.from({ length: 10 }, (_, signal) => ({
        name: `${signal}`,
        values: problemOf.map(() => random.unit()),
      }));
      const results = permutationNull(menu, { positive, problemOf }, { draws: 99, seed: trial });
      if (results.some(({ p }) => p <= 0.05)) found += 1;
    }
    // 10 expected; more than 20 has a chance of 1 in 1,000.
    expect(found).toBeLessThanOrEqual(20);
    expect(found).toBeGreaterThanOrEqual(2);
  });
});
