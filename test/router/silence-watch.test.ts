import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Patience, SilenceWatch } from "../../src/router/silence-watch.js";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => vi.useRealTimers());

/** When a stream of words and blanks at these times is silent for too long, and in which way. */
function silenceOf(patience: Patience, words: readonly (readonly [at: number, isWord: boolean])[]) {
  const begin = performance.now();
  let found: { readonly reason: string; readonly at: number } | null = null;
  const watch = new SilenceWatch(patience, (reason) => {
    found = { reason, at: performance.now() - begin };
  });
  watch.begin();
  for (const [at, isWord] of words) {
    vi.advanceTimersByTime(at - (performance.now() - begin));
    watch.end(isWord);
    watch.begin();
    expect(vi.getTimerCount()).toBe(1);
  }
  vi.advanceTimersByTime(10_000);
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  return found;
}

it.each<[string, Patience, [number, boolean][], string, number]>([
  ["no word at all", { firstTokenMs: 1_000, stallMs: 200 }, [], "no-first-token", 1_000],
  ["blanks alone", { firstTokenMs: 1_000, stallMs: 200 }, [[900, false]], "no-first-token", 1_000],
  ["a word, then none", { firstTokenMs: 1_000, stallMs: 200 }, [[100, true]], "stalled", 300],
  [
    "a late word, then none",
    { firstTokenMs: 1_000, stallMs: 200 },
    [[950, true]],
    "stalled",
    1_150,
  ],
  [
    "a word, then blanks",
    { firstTokenMs: 1_000, stallMs: 200 },
    [
      [100, true],
      [250, false],
    ],
    "stalled",
    300,
  ],
  [
    "with the longer limit behind",
    { firstTokenMs: 200, stallMs: 1_000 },
    [[100, true]],
    "stalled",
    1_100,
  ],
  ["of a model in this process", { stallMs: 200 }, [[5_000, true]], "stalled", 5_200],
])("%s is silence", (_what, patience, words, reason, at) => {
  expect(silenceOf(patience, words)).toEqual({ reason, at });
});

it("words that come in time are none, at one timer", () => {
  const watch = vi.fn();
  const patience = { firstTokenMs: 1_000, stallMs: 200 };
  const silent = new SilenceWatch(patience, watch);
  silent.begin();
  for (let word = 0; word < 100; word++) {
    vi.advanceTimersByTime(150);
    silent.end(true);
    silent.begin();
    expect(vi.getTimerCount()).toBe(1);
  }
  expect(watch).not.toHaveBeenCalled();
  silent.stop();
});

it("what waits in a queue of ours is not silent", () => {
  const watch = vi.fn();
  const silent = new SilenceWatch({ firstTokenMs: 1_000, stallMs: 200 }, watch);
  silent.queue(true);
  silent.begin();
  vi.advanceTimersByTime(5_000);
  expect(watch).not.toHaveBeenCalled();
  silent.queue(false);
  vi.advanceTimersByTime(999);
  expect(watch).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(watch).toHaveBeenCalledExactlyOnceWith("no-first-token");
  silent.stop();
});
