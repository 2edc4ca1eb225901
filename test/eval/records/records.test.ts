import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { readRecords } from "../../../src/eval/records/read-records.js";
import { recordKey } from "../../../src/eval/records/record-key.js";
import type { RunFile } from "../../../src/eval/records/run-file.js";
import { RunFolder, readRunFile } from "../../../src/eval/records/run-folder.js";
import { temporaryFolder } from "../temporary-folder.js";

const usage = { input: 1, cached: null, output: 2, discarded: 0, estimated: false };

function record(problem: string, more: Partial<EvalRecord> = {}): EvalRecord {
  return {
    v: 1,
    key: recordKey({ arm: "large", problem, repeat: 0, atOnce: 1 }),
    problem,
    cluster: problem,
    arm: "large",
    repeat: 0,
    atOnce: 1,
    startedAt: 0,
    status: "ok",
    score: 1,
    extracted: null,
    why: null,
    ms: 1,
    msToAnswer: null,
    requests: { small: 0, large: 1 },
    usage: { small: usage, large: usage },
    cost: null,
    speculation: null,
    stopReason: null,
    interventionRate: null,
    largeShare: null,
    handoffs: null,
    surprise: null,
    steps: [],
    thought: "a\u2028b",
    answer: "4",
    error: null,
    ...more,
  };
}

const RUN: RunFile = {
  v: 1,
  id: "one",
  made: "2026-01-01T00:00:00.000Z",
  package: "0.0.0",
  mode: "quality",
  models: {
    small: { name: "s", server: "vllm", version: null, fingerprint: null },
    large: { name: "l", server: "vllm", version: null, fingerprint: null },
  },
  arms: [{ arm: "large", about: "large alone", settings: { by: "large" } }],
  repeats: 1,
  seed: 0,
  checker: "number",
  data: { source: "a.jsonl", sha256: "00", n: 3, clusters: 3, skipped: 0 },
  prices: null,
  calibration: null,
  primary: { arm: "routed", margin: 0.02, alpha: 0.05 },
  machine: {},
  arguments: [],
};

async function all(file: string): Promise<EvalRecord[]> {
  const records: EvalRecord[] = [];
  for await (const each of readRecords(file)) records.push(each);
  return records;
}

describe("a key", () => {
  it("differs with arm, problem, repeat and company, and is the same in the next process", () => {
    const place = { arm: "large", problem: "1", repeat: 0, atOnce: 1 };
    const keys = [place, { ...place, arm: "small" }, { ...place, problem: "2" }].map(recordKey);
    keys.push(recordKey({ ...place, repeat: 1 }), recordKey({ ...place, atOnce: 8 }));
    expect(new Set(keys).size).toBe(5);
    expect(recordKey(place)).toBe("caa870cffec1c06c5b11");
  });
});

describe("a run's folder", () => {
  it("keeps run.json and records, and knows them when it goes on", async () => {
    const path = join(await temporaryFolder(), "runs", "one");
    const folder = await RunFolder.open(path, RUN);
    await expect(RunFolder.open(path, RUN)).rejects.toThrow("writes into this folder");
    await Promise.all([folder.write(record("1")), folder.write(record("2"))]);
    await folder.close();
    expect(await readRunFile(path)).toEqual(RUN);
    const again = await RunFolder.open(path, {
      ...RUN,
      id: "two",
      made: "later",
      machine: { a: 1 },
    });
    expect(again.run.id).toBe("one");
    expect([...again.keys]).toEqual([record("1").key, record("2").key]);
    await again.write(record("3"));
    await again.close();
    expect(await all(join(path, "records.jsonl"))).toEqual(["1", "2", "3"].map((id) => record(id)));
    expect((await readdir(path)).sort()).toEqual(["records.jsonl", "run.json"]);
  });

  it.each<[string, Partial<RunFile>, string]>([
    ["mode", { mode: "latency" }, 'there it is "quality", now "latency"'],
    ["seed", { seed: 2 }, "there it is 0, now 2"],
    ["data.sha256", { data: { ...RUN.data, sha256: "01" } }, 'there it is "00", now "01"'],
    [
      "arms.0.settings.by",
      { arms: [{ arm: "large", about: "large alone", settings: { by: "x" } }] },
      '"x"',
    ],
    [
      "arms.1",
      { arms: [...RUN.arms, { arm: "b", about: "", settings: null }] },
      "there it is absent",
    ],
    [
      "models.small.name",
      { models: { ...RUN.models, small: { ...RUN.models.small, name: "z" } } },
      '"z"',
    ],
    ["primary.margin", { primary: { ...RUN.primary, margin: 0.1 } }, "now 0.1"],
    ["package", { package: "9" }, 'now "9"'],
  ])("of another run is refused: %s", async (field, change, told) => {
    const path = await temporaryFolder();
    await (await RunFolder.open(path, RUN)).close();
    const error = await RunFolder.open(path, { ...RUN, ...change }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: "GlimpRouterError", field });
    expect(String(error)).toContain(`run.json: field \`${field}\`: the folder holds another run`);
    expect(String(error)).toContain(told);
  });

  it("whose data only have another name goes on", async () => {
    const path = await temporaryFolder();
    await (await RunFolder.open(path, RUN)).close();
    const folder = await RunFolder.open(path, { ...RUN, data: { ...RUN.data, source: "b.jsonl" } });
    await folder.close();
  });

  it("with a run.json that is none is refused", async () => {
    const path = await temporaryFolder();
    await writeFile(join(path, "run.json"), '{"v": 1}');
    await expect(RunFolder.open(path, RUN)).rejects.toThrow("no run of an evaluation");
  });
});

describe("a torn last line", () => {
  it.each(["{", '{"v":1,"key":"', "\u0000\u0000", JSON.stringify(record("9"))])(
    "%j is removed when the run goes on",
    async (torn) => {
      const path = await temporaryFolder();
      const file = join(path, "records.jsonl");
      const folder = await RunFolder.open(path, RUN);
      await folder.write(record("1"));
      await folder.close();
      await appendFile(file, torn);
      const again = await RunFolder.open(path, RUN);
      expect([...again.keys]).toEqual([record("1").key]);
      await again.write(record("2"));
      await again.close();
      expect(await readFile(file, "utf8")).toBe(
        `${JSON.stringify(record("1"))}\n${JSON.stringify(record("2"))}\n`,
      );
    },
  );

  it("longer than what is looked at at once, in a file that has no whole line", async () => {
    const path = await temporaryFolder();
    await writeFile(join(path, "records.jsonl"), "x".repeat(200_000));
    const folder = await RunFolder.open(path, RUN);
    await folder.write(record("1"));
    await folder.close();
    expect(await all(join(path, "records.jsonl"))).toEqual([record("1")]);
  });

  it("is left out by a reader, and left as it is", async () => {
    const file = join(await temporaryFolder(), "records.jsonl");
    await writeFile(file, `${JSON.stringify(record("1"))}\n{"v":1,`);
    expect(await all(file)).toEqual([record("1")]);
    expect((await readFile(file, "utf8")).endsWith('{"v":1,')).toBe(true);
  });

  it("in the middle is no torn last line: named with file, line and field", async () => {
    const file = join(await temporaryFolder(), "records.jsonl");
    await writeFile(file, `{"v":1,\n${JSON.stringify(record("1"))}\n`);
    await expect(all(file)).rejects.toThrow(/records\.jsonl:1: no JSON/);
    await writeFile(file, `${JSON.stringify({ ...record("1"), ms: "1" })}\n`);
    await expect(all(file)).rejects.toMatchObject({ line: 1, field: "ms" });
  });
});
