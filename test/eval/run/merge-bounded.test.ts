import { expect, it } from "vitest";
import { mergeBounded } from "../../../src/eval/run/merge-bounded.js";

const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

it("reads at most so many at once, and yields what comes as it comes", async () => {
  let open = 0;
  let most = 0;
  async function* source(name: string, count: number, ms: number) {
    most = Math.max(most, ++open);
    for (let at = 0; at < count; at++) {
      await tick(ms);
      yield `${name}${at}`;
    }
    open--;
  }
  const sources = [source("a", 2, 20), source("b", 3, 1), source("c", 1, 1), source("d", 1, 1)];
  const got: string[] = [];
  for await (const each of mergeBounded(sources, 2, () => undefined)) got.push(each);
  expect(got.slice().sort()).toEqual(["a0", "a1", "b0", "b1", "b2", "c0", "d0"]);
  expect(got.indexOf("b0")).toBeLessThan(got.indexOf("a0"));
  expect([most, open]).toEqual([2, 0]);
});

it("leaves the others where one fails, or where the reader leaves", async () => {
  let left = 0;
  let closed = 0;
  async function* source(fails: boolean) {
    try {
      for (;;) {
        await tick();
        if (fails) throw new Error("boom");
        yield 1;
      }
    } finally {
      closed++;
    }
  }
  const read = async (fails: boolean) => {
    for await (const _each of mergeBounded([source(false), source(fails)], 2, () => left++)) {
      if (!fails) return;
    }
  };
  await expect(read(true)).rejects.toThrow("boom");
  expect([left, closed]).toEqual([1, 2]);
  await read(false);
  expect([left, closed]).toEqual([2, 4]);
});
