import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cachedWriter, StaleEntry } from "../../../src/eval/cache/cached-writer.js";
import { GreedyCache } from "../../../src/eval/cache/greedy-cache.js";
import type {
  CandidatesWanted,
  Opening,
  StepWriter,
  WriteOptions,
  Written,
} from "../../../src/router/step-writer.js";
import { temporaryFolder } from "../temporary-folder.js";

const OPENING: Opening = {
  kind: "x",
  data: "prompt",
  opensThought: false,
  promptTokens: 1,
  contextSize: null,
};
const HOW: WriteOptions = { maxTokens: 10, topLogprobs: 2 };
const TOP = [
  { token: "a", logprob: -0.1 },
  { token: "b", logprob: -Infinity },
];

/** Writes "a", "b", "c", each with candidates where they are wanted. */
class CountingWriter implements StepWriter {
  readonly kind = "x";
  requests = 0;
  tokens = 0;
  left = 0;

  async open(): Promise<Opening> {
    return OPENING;
  }

  async *write(
    _from: Opening,
    _thought: string,
    { glimpseAt }: WriteOptions,
  ): AsyncGenerator<Written, void, CandidatesWanted> {
    this.requests++;
    let isDone = false;
    try {
      let wanted: CandidatesWanted = glimpseAt === undefined || glimpseAt.firstWanted;
      for (const token of ["a", "b", "c"]) {
        this.tokens++;
        const top: typeof TOP = wanted === true || glimpseAt === undefined ? TOP : [];
        wanted = yield { type: "text", text: token, tokens: [{ token, logprob: -0.1, top }] };
      }
      yield { type: "end", reason: "eos", usage: { input_tokens: 1, output_tokens: 3 } };
      isDone = true;
    } finally {
      if (!isDone) this.left++;
    }
  }
}

async function session(file: string | null = null) {
  const cache = await GreedyCache.open(file, (problem) => problem === "p");
  return { cache, problem: "p", stale: new Set<string>() };
}

const GREEDY = { model: "small", isGreedy: true };

async function texts(
  stream: AsyncIterable<Written>,
  count = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const read: string[] = [];
  for await (const item of stream) {
    read.push(item.type === "text" ? item.text : item.reason);
    if (read.length >= count) break;
  }
  return read;
}

describe("a cached writer", () => {
  it("asks once for the same text, and gives the same items", async () => {
    const writer = new CountingWriter();
    const cached = cachedWriter(writer, GREEDY, await session());
    expect(cached.kind).toBe("x");
    expect(await cached.open({})).toEqual(OPENING);
    expect(await texts(cached.write(OPENING, "t", HOW))).toEqual(["a", "b", "c", "eos"]);
    expect(await texts(cached.write(OPENING, "t", HOW))).toEqual(["a", "b", "c", "eos"]);
    expect(writer.requests).toBe(1);
    for await (const item of cached.write(OPENING, "t", HOW)) {
      // JSON has no -Infinity; what is impossible stays so.
      if (item.type === "text")
        expect(item.tokens[0]?.top).toEqual([TOP[0], { token: "b", logprob: -9999 }]);
      else expect(item.usage).toEqual({ input_tokens: 1, output_tokens: 3 });
    }
  });

  it.each<[string, Opening, string, WriteOptions]>([
    ["another thought", OPENING, "u", HOW],
    ["another prompt", { ...OPENING, data: "other" }, "t", HOW],
    ["another limit", OPENING, "t", { ...HOW, maxTokens: 9 }],
    ["another stop", OPENING, "t", { ...HOW, stop: ["\n"] }],
  ])("asks again for %s", async (_what, from, thought, how) => {
    const writer = new CountingWriter();
    const cached = cachedWriter(writer, GREEDY, await session());
    await texts(cached.write(OPENING, "t", HOW));
    await texts(cached.write(from, thought, how));
    expect(writer.requests).toBe(2);
  });

  it("keeps what was read of a stream that was left, and says so where more is wanted", async () => {
    const writer = new CountingWriter();
    const own = await session();
    const cached = cachedWriter(writer, GREEDY, own);
    expect(await texts(cached.write(OPENING, "t", HOW), 2)).toEqual(["a", "b"]);
    expect([writer.tokens, writer.left]).toEqual([2, 1]);
    expect(await texts(cached.write(OPENING, "t", HOW), 2)).toEqual(["a", "b"]);
    expect(writer.requests).toBe(1);
    await expect(texts(cached.write(OPENING, "t", HOW))).rejects.toThrow(StaleEntry);
    expect(own.stale.size).toBe(1);
    // The reply is written again: now from the model, and kept whole.
    expect(await texts(cached.write(OPENING, "t", HOW))).toEqual(["a", "b", "c", "eos"]);
    own.stale.clear();
    expect(await texts(cached.write(OPENING, "t", HOW))).toEqual(["a", "b", "c", "eos"]);
    expect(writer.requests).toBe(2);
  });

  it("does not serve an entry without the candidates that are wanted", async () => {
    const writer = new CountingWriter();
    const own = await session();
    const cached = cachedWriter(writer, GREEDY, own);
    const glimpseAt = { delimiter: "\n\n", openTag: null };
    // In the middle of a step nothing is due: the first reader wants nothing.
    await texts(cached.write(OPENING, "Behind", { ...HOW, glimpseAt }));
    await texts(cached.write(OPENING, "Behind", { ...HOW, glimpseAt }));
    expect(writer.requests).toBe(1);
    const wanted = { ...HOW, glimpseAt: { ...glimpseAt, firstWanted: true } };
    await expect(texts(cached.write(OPENING, "Behind", wanted))).rejects.toThrow(StaleEntry);
  });

  it("hands on what is not greedy, but for requests that are so themselves", async () => {
    const writer = new CountingWriter();
    const cached = cachedWriter(writer, { model: "small", isGreedy: false }, await session());
    await texts(cached.write(OPENING, "t", HOW));
    await texts(cached.write(OPENING, "t", HOW));
    expect(writer.requests).toBe(2);
    await texts(cached.write(OPENING, "t", { ...HOW, temperature: 0 }));
    await texts(cached.write(OPENING, "t", { ...HOW, temperature: 0 }));
    expect(writer.requests).toBe(3);
  });
});

describe("a cache on disk", () => {
  it("serves the next process, for problems that are under way; a torn line is as good as none", async () => {
    const file = join(await temporaryFolder(), "cache.jsonl");
    const writer = new CountingWriter();
    const first = await session(file);
    await texts(cachedWriter(writer, GREEDY, first).write(OPENING, "t", HOW));
    await texts(
      cachedWriter(writer, GREEDY, { ...first, problem: "done" }).write(OPENING, "t", HOW),
    );
    await first.cache.close();
    await writeFile(file, `${await readFile(file, "utf8")}{"problem":"p","key":`);
    const second = await session(file);
    expect(await texts(cachedWriter(writer, GREEDY, second).write(OPENING, "t", HOW))).toEqual([
      "a",
      "b",
      "c",
      "eos",
    ]);
    expect(writer.requests).toBe(2);
    await texts(
      cachedWriter(writer, GREEDY, { ...second, problem: "done" }).write(OPENING, "t", HOW),
    );
    expect(writer.requests).toBe(3);
    second.cache.forget("p");
    await texts(cachedWriter(writer, GREEDY, second).write(OPENING, "t", HOW));
    expect(writer.requests).toBe(4);
    await second.cache.close();
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    expect(lines.every((line) => JSON.parse(line).done)).toBe(true);
  });
});
