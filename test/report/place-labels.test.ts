import { expect, it } from "vitest";
import { placeLabels } from "../../src/report/charts/place-labels.js";

const ROOM = { left: 0, right: 300, top: 0, bottom: 200 };
const seatOf = (dots: Parameters<typeof placeLabels>[0], others = [] as (typeof ROOM)[]) =>
  placeLabels(dots, ROOM, others).map(({ dx, dy, anchor }) => [
    Math.sign(dx),
    Math.sign(dy),
    anchor,
  ]);

it("a label stands to the right of its dot, or to the left where the chart ends", () => {
  expect(seatOf([{ text: "routed", x: 100, y: 100 }])).toEqual([[1, 0, "start"]]);
  expect(seatOf([{ text: "routed", x: 290, y: 100 }])).toEqual([[-1, 0, "end"]]);
});

it("two dots in one place have two labels; the more important one has the better seat", () => {
  const dots = [
    { text: "routed", x: 150, y: 100 },
    { text: "again", x: 150, y: 100 },
  ];
  expect(seatOf(dots)).toEqual([
    [1, 0, "start"],
    [-1, 0, "end"],
  ]);
});

it("a label covers neither another dot nor a bar", () => {
  const beside = { text: "b", x: 120, y: 100 };
  expect(seatOf([{ text: "routed", x: 100, y: 100 }, beside])[0]).toEqual([-1, 0, "end"]);
  const bar = { left: 60, right: 62, top: 20, bottom: 190 };
  expect(seatOf([{ text: "routed", x: 100, y: 100 }, beside], [bar])[0]?.[1]).not.toBe(0);
});
