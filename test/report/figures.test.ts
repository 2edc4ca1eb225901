import { expect, it } from "vitest";
import {
  amount,
  bare,
  counted,
  duration,
  interval,
  money,
  percent,
  points,
  ratio,
} from "../../src/report/figures.js";

it("numbers are written as they are read", () => {
  expect([percent(0.7166), percent(null), percent(0.256, 0)]).toEqual(["71.7 %", "–", "26 %"]);
  expect([points(0.024), points(-0.01), points(0), points(-0.0004)]).toEqual([
    "+2.4",
    "−1.0",
    "0.0",
    "0.0",
  ]);
  expect([ratio(0.339), ratio(null)]).toEqual(["0.34", "–"]);
  expect([amount(1204), amount(1.034), amount(3), amount(56.7)]).toEqual([
    "1,204",
    "1.03",
    "3",
    "57",
  ]);
  expect([duration(849.6), duration(12_340), duration(250_000)]).toEqual([
    "850 ms",
    "12.3 s",
    "4 min 10 s",
  ]);
  expect(duration(119_900)).toBe("2 min 0 s");
  expect([money(0.0012345), money(1234)]).toEqual(["0.00123", "1,230"]);
  expect(interval({ lo: -0.06, hi: 0.123 }, points)).toBe("[−6.0, +12.3]");
  expect(interval({ lo: 0.459, hi: 0.708 }, bare)).toBe("[45.9, 70.8]");
  expect([counted(1, "reply", "replies"), counted(2, "reply", "replies")]).toEqual([
    "1 reply",
    "2 replies",
  ]);
});
