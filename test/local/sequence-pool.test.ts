import { describe, expect, it } from "vitest";
import { commonPrefixLength } from "../../src/core/common-prefix.js";
import { SequencePool } from "../../src/local/sequence-pool.js";

const sequence = (name: string, ...contextTokens: number[]) => ({ name, contextTokens });

describe("SequencePool", () => {
  it("gives the sequence with the longest common prefix", async () => {
    const pool = new SequencePool([
      sequence("other", 9, 9),
      sequence("short", 1, 2),
      sequence("long", 1, 2, 3, 4),
    ]);
    expect((await pool.take([1, 2, 3, 4, 5])).sequence.name).toBe("long");
    expect((await pool.take([1, 2, 3, 4, 5])).sequence.name).toBe("short");
    expect((await pool.take([1, 2, 3, 4, 5])).sequence.name).toBe("other");
  });

  it("does not take a thought for its header: the least recently used one goes", async () => {
    const header = [1, 2, 3];
    const pool = new SequencePool([
      sequence("empty"),
      sequence("thought", ...header, 10, 11, 12, 13, 14),
    ]);
    expect((await pool.take([...header, 20, 21])).sequence.name).toBe("empty");
    const hits = new SequencePool([
      sequence("empty"),
      sequence("thought", ...header, 10, 11, 12, 13, 14),
    ]);
    expect((await hits.take([...header, 10, 11, 30])).sequence.name).toBe("thought");
  });

  it("gives the least recently used one where nothing is in common", async () => {
    const pool = new SequencePool([sequence("a", 5), sequence("b", 6), sequence("c", 7)]);
    const first = await pool.take([1]);
    const second = await pool.take([1]);
    expect([first.sequence.name, second.sequence.name]).toEqual(["a", "b"]);
    second.release();
    first.release();
    const names = [await pool.take([1]), await pool.take([1]), await pool.take([1])];
    expect(names.map((lease) => lease.sequence.name)).toEqual(["c", "b", "a"]);
  });

  it("serves those who wait in their order", async () => {
    const pool = new SequencePool([sequence("only")]);
    const held = await pool.take([]);
    const order: string[] = [];
    const waiting = ["first", "second"].map(async (name) => {
      const lease = await pool.take([]);
      order.push(name);
      lease.release();
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    held.release();
    await Promise.all(waiting);
    expect(order).toEqual(["first", "second"]);
  });

  it("takes a sequence back once, however often it is released", async () => {
    const pool = new SequencePool([sequence("only")]);
    const first = await pool.take([]);
    first.release();
    const second = await pool.take([]);
    first.release();
    let third = false;
    const waiting = pool.take([]).then(() => {
      third = true;
    });
    await new Promise(setImmediate);
    expect(third).toBe(false);
    second.release();
    await waiting;
  });

  it("lets a caller leave the line, with the signal's reason", async () => {
    const pool = new SequencePool([sequence("only")]);
    const held = await pool.take([]);
    const controller = new AbortController();
    const leaving = pool.take([], controller.signal);
    const staying = pool.take([]);
    const reason = new Error("gone");
    controller.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    await expect(pool.take([], controller.signal)).rejects.toBe(reason);
    held.release();
    expect((await staying).sequence.name).toBe("only");
  });

  it("ignores an abort after the sequence was given", async () => {
    const pool = new SequencePool([sequence("only")]);
    const held = await pool.take([]);
    const controller = new AbortController();
    const given = pool.take([], controller.signal);
    const next = pool.take([]);
    held.release();
    const lease = await given;
    controller.abort();
    lease.release();
    expect((await next).sequence.name).toBe("only");
  });

  it("refuses everyone once it is closed", async () => {
    const pool = new SequencePool([sequence("only")]);
    await pool.take([]);
    const waiting = pool.take([]);
    const reason = new Error("closed");
    pool.close(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pool.take([])).rejects.toBe(reason);
  });
});

it("commonPrefixLength counts from the start only", () => {
  expect(commonPrefixLength([1, 2, 3], [1, 2, 4, 3])).toBe(2);
  expect(commonPrefixLength([1, 2], [1, 2, 3])).toBe(2);
  expect(commonPrefixLength([], [1])).toBe(0);
});
