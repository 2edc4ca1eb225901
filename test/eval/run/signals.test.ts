import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { plannedPair, plannedProblems } from "../planned-pair.js";
import { run } from "./run-planned.js";

it("each reply has a signal of its own, and the caller's has one listener for all", async () => {
  const { signal } = new AbortController();
  const pair = plannedPair({ large: { delayMs: 1 }, small: { delayMs: 1 } });
  let most = 0;
  await run({
    ...pair,
    problems: plannedProblems(30),
    arms: ["large", "small", "routed"],
    concurrency: 20,
    signal,
    onProgress: () => {
      most = Math.max(most, getEventListeners(signal, "abort").length);
    },
  });
  expect(pair.large.mostUnderWay).toBeGreaterThan(10);
  // Node tells of a leak at the eleventh.
  expect(Math.max(pair.large.mostListeners, pair.small.mostListeners)).toBeLessThan(4);
  expect(most).toBe(1);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});
