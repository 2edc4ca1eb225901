import { describe, expect, it } from "vitest";
import { invertSymmetric, solveSymmetric } from "../../../src/eval/statistics/linear-algebra.js";

const hilbert = (size: number) =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => 1 / (i + j + 1)));

describe("invertSymmetric", () => {
  it("inverts Hilbert's matrix, whose inverse is whole numbers", () => {
    const inverse = invertSymmetric(hilbert(3));
    const known = [
      [9, -36, 30],
      [-36, 192, -180],
      [30, -180, 180],
    ];
    known.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(inverse[i]?.[j]).toBeCloseTo(value, 9);
      });
    });
  });

  it("refuses columns that say the same, and names one", () => {
    expect(() =>
      invertSymmetric([
        [4, 2],
        [2, 1],
      ]),
    ).toThrow(/^Column 2 of the design says what those before it say/);
  });
});

describe("solveSymmetric", () => {
  it("solves ten columns", () => {
    const matrix = hilbert(10).map((row, i) =>
      row.map((value, j) => (i === j ? value + 1 : value)),
    );
    const solution = Array.from({ length: 10 }, (_, index) => index - 4);
    const right = matrix.map((row) =>
      row.reduce((sum, value, j) => sum + value * (solution[j] ?? 0), 0),
    );
    solveSymmetric(matrix, right).forEach((value, index) => {
      expect(value).toBeCloseTo(solution[index] ?? 0, 10);
    });
  });
});
