import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import { temporaryFile, temporaryFolder } from "../eval/temporary-folder.js";
import { BUNDLED_CLI } from "../programs/bundle.js";
import { runHere } from "../programs/run-here.js";
import { runCli } from "../programs/run-program.js";
import { startFakeExperiments } from "../servers/fake-langsmith-experiments.js";

// Each run is a process of its own: seconds on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const FEW = ["--arms", "large,small,small-thought,routed,random:0.25:0", "--limit", "4"];

async function recordsIn(folder: string): Promise<EvalRecord[]> {
  const text = await readFile(join(folder, "records.jsonl"), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Runs `glimprouter eval`, and sends it a signal when so many records are there. */
function signalled(
  args: readonly string[],
  folder: string,
  signal: "SIGKILL" | "SIGINT",
  count: number,
) {
  const { FORCE_COLOR: _color, ...env } = process.env;
  const child = spawn(process.execPath, [BUNDLED_CLI, "eval", ...args], {
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const watch = setInterval(async () => {
    const text = await readFile(join(folder, "records.jsonl"), "utf8").catch(() => "");
    // Two looks may be under way at once, and a second Ctrl-C ends a process without a word.
    if (child.killed || text.split("\n").length <= count) return;
    clearInterval(watch);
    child.kill(signal);
  }, 5);
  return new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) => {
    child.once("close", (code, by) => {
      clearInterval(watch);
      resolve({ code, signal: by, stderr });
    });
  });
}

describe("glimprouter eval", () => {
  it("runs the embedded pair on its held-out problems, says what it costs first, and sums up", async () => {
    const folder = join(await temporaryFolder(), "runs", "first");
    const { code, stdout, stderr } = await runCli(["eval", ...FEW, "-o", folder]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /^4 problems x 5 arms: 20 replies, about \d+ requests, [\d,]+ tokens, .*minute.*\. Smallest difference it can see: \d+\.\d points\.\n/,
      ),
    });
    const records = await recordsIn(folder);
    expect(records).toHaveLength(20);
    expect(records.every(({ status }) => status === "ok" || status === "unparsed")).toBe(true);
    const run = JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
    expect(run).toMatchObject({
      mode: "quality",
      checker: "boxed",
      data: { source: "embedded:tape", n: 4 },
      arms: [{ arm: "large" }, { arm: "small" }, {}, { arm: "routed" }, { arm: "random:0.25:0" }],
    });
    const summary = JSON.parse(await readFile(join(folder, "summary.json"), "utf8"));
    for (const arm of ["large", "small", "routed"]) {
      const own = records.filter((record) => record.arm === arm);
      const right = own.reduce((sum, { score }) => sum + score, 0) / own.length;
      const found = summary.arms.find((each: { arm: string }) => each.arm === arm);
      expect(found).toMatchObject({ n: 4, truncated: 0, errors: 0 });
      expect(found.accuracy).toBeCloseTo(right, 12);
      expect(stdout).toMatch(new RegExp(`${arm} +│ +${(100 * right).toFixed(1)} %`));
    }
    expect(stdout).toMatch(
      /arm +│ +right +│ +95 % +│ +cost +│ +ms +│ +truncated │ +unparsed │ +failed/,
    );
    expect(await readFile(join(folder, "summary.md"), "utf8")).toContain("| routed |");
    // The same command again has nothing to do.
    const again = await runHere(["eval", ...FEW, "-o", folder, "--json"]);
    expect(again.stderr).toBe("4 problems x 5 arms: all replies are there.\n");
    expect(JSON.parse(again.stdout).arms).toEqual(summary.arms);
  });

  it("killed in the middle it loses at most the replies under way, and goes on", async () => {
    const folder = await temporaryFolder();
    const args = [...FEW, "--concurrency", "1", "-o", folder];
    const killed = await signalled(args, folder, "SIGKILL", 8);
    expect(killed.signal).toBe("SIGKILL");
    const before = await readFile(join(folder, "records.jsonl"), "utf8");
    const whole = before.slice(0, before.lastIndexOf("\n") + 1);
    expect(whole.split("\n").length).toBeGreaterThan(8);
    expect(whole.split("\n").length).toBeLessThan(21);
    // As if the power had failed in the middle of a line.
    await writeFile(join(folder, "records.jsonl"), `${whole}{"v":1,"key":"torn`);
    const { code } = await runHere(["eval", ...args]);
    expect(code).toBe(0);
    const after = await readFile(join(folder, "records.jsonl"), "utf8");
    expect(after.startsWith(whole)).toBe(true);
    const keys = (await recordsIn(folder)).map(({ key }) => key);
    expect(keys).toHaveLength(20);
    expect(new Set(keys).size).toBe(20);
  });

  it("stopped by Ctrl-C says how to go on, with exit code 130", async () => {
    const folder = await temporaryFolder();
    const args = [...FEW, "-o", folder];
    const { code, stderr } = await signalled(args, folder, "SIGINT", 2);
    expect(code).toBe(130);
    const kept = (await recordsIn(folder)).length;
    expect(stderr).toContain(
      `Stopped. ${kept} replies are kept in ${folder}. To go on: glimprouter eval --arms large,small,small-thought,routed,random:0.25:0 --limit 4 -o ${folder}\n`,
    );
  });

  it("--require ends with exit code 1 where the routed arm gains nothing; --skip-invalid counts what it leaves out", async () => {
    const folder = await temporaryFolder();
    const data = await temporaryFile(
      "tapes.jsonl",
      '{"prompt": "58, %9, +10, -1", "answer": 14}\n{"prompt": \n{"prompt": "86, %6, +20, +50", "answer": 73}\n{"prompt": "58, %9, +10, -1", "answer": 13}\n',
    );
    const given = [
      "--data",
      data,
      "--checker",
      "boxed",
      "--arms",
      "small,large,routed",
      "--require",
    ];
    const { code, stderr } = await runHere(["eval", ...given, "--skip-invalid", "-o", folder]);
    expect(code).toBe(1);
    expect(stderr).toContain(`left out: ${data}:2: no JSON`);
    expect(stderr).toContain(
      `left out: ${data}:4: field \`prompt\`: the same problem as in line 1.`,
    );
    const summary = JSON.parse(await readFile(join(folder, "summary.json"), "utf8"));
    expect(summary).toMatchObject({ n: 2, skipped: 2 });
  });
});

describe("a dataset of LangSmith", () => {
  it("is read through langsmith's own client", async () => {
    const server = await startFakeExperiments();
    onTestFinished(() => server.close());
    server.addDataset("tapes", [
      { inputs: { question: "58, %9, +10, -1" }, outputs: { answer: 13 } },
    ]);
    const folder = await temporaryFolder();
    const args = [
      "--data",
      "langsmith:tapes",
      "--checker",
      "boxed",
      "--arms",
      "large",
      "-o",
      folder,
    ];
    const env = { LANGSMITH_ENDPOINT: server.url, LANGSMITH_API_KEY: "none" };
    const { code } = await runHere(["eval", ...args], env);
    expect(code).toBe(0);
    expect(await recordsIn(folder)).toMatchObject([{ arm: "large", score: 1, extracted: "13" }]);
    expect(server.violations).toEqual([]);
  });
});

describe("bad input: exit code 2, before anything is paid for", () => {
  const good = '{"prompt": "58, %9, +10, -1", "answer": 13}\n';

  it.each<[string, string, string]>([
    ["a bad line", `${good}{"prompt"\n`, ":2: no JSON"],
    ["a missing field", '{"answer": 1}\n', ":1: field `prompt`: missing"],
    ["a missing answer", '{"prompt": "1, +1"}\n', ":1: field `answer`: missing"],
    [
      "two of one id",
      '{"id": 1, "prompt": "a", "answer": 1}\n{"id": 1, "prompt": "b", "answer": 1}\n',
      ":2: field `id`",
    ],
    [
      "the same problem twice",
      `${good}${good}`,
      ":2: field `prompt`: the same problem as in line 1",
    ],
    ["an empty file", "", ": no problem is in it."],
  ])("%s", async (_what, text, told) => {
    const data = await temporaryFile("tapes.jsonl", text);
    const folder = join(await temporaryFolder(), "run");
    const { code, stdout, stderr } = await runHere([
      "eval",
      "--data",
      data,
      "--checker",
      "boxed",
      "-o",
      folder,
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.startsWith(`glimprouter: ${data}${told}`)).toBe(true);
    await expect(readFile(join(folder, "run.json"))).rejects.toThrow("ENOENT");
  });

  it("a run's folder of another run, a checker that throws", async () => {
    const folder = await temporaryFolder();
    const args = ["eval", "--arms", "small", "--limit", "1", "-o", folder];
    expect((await runHere(args)).code).toBe(0);
    const other = await runHere([...args, "--seed", "4"]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(
      "run.json: field `seed`: the folder holds another run: there it is 0, now 4.",
    );
    const checker = await temporaryFile(
      "grade.mjs",
      'export default function grade() { throw new Error("no"); }\n',
    );
    const thrown = await runHere([
      "eval",
      "--arms",
      "small",
      "--limit",
      "1",
      "--checker",
      checker,
      "-o",
      join(folder, "b"),
    ]);
    expect(thrown.code).toBe(2);
    expect(thrown.stderr).toContain('The checker "grade" failed at problem "1": no');
  });

  it("a model that refuses everything", async () => {
    const folder = await temporaryFolder();
    const server = "http://127.0.0.1:9/v1#x";
    const data = await temporaryFile("a.jsonl", good);
    const args = ["--small", server, "--large", server, "--data", data, "--checker", "number"];
    const { code, stderr } = await runHere(["eval", ...args, "-o", folder], {
      OPENAI_API_KEY: "none",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^glimprouter: The (small|large) model's server at http:\/\/127\.0\.0\.1:9\/v1/,
    );
  });

  it.each([
    [["--limit", "1"], "eval keeps what it does in a folder: name it, as in -o runs/first."],
    [
      ["-o", "x", "--quality", "--latency"],
      "--quality and --latency are two runs: give one of them.",
    ],
    [["-o", "x", "--small", "a.gguf", "--large", "b.gguf"], "--data is missing"],
    [
      ["-o", "x", "--data", "a.jsonl"],
      "--checker is missing: exact, choice, number, boxed, json, or a JavaScript file.",
    ],
    [
      ["-o", "x", "--checker", "numbr"],
      '--checker must be exact, choice, number, boxed, json, or a JavaScript file, got "numbr".',
    ],
    [["-o", "x", "--repeats", "1.5"], "--repeats must be a whole number of replies"],
    [["-o", "x", "--margin", "5"], "--margin must be between 0 and 1"],
    [["-o", "x", "--prices", '{"small": {"input": 1}}'], "--prices: `small.output`"],
    [["-o", "x", "--arms", "routd"], 'There is no arm "routd". Did you mean routed?'],
    [["-o", "x", "--arms", "large-draft"], "The arm large-draft needs the large model once more"],
    [
      ["-o", "x", "--large-draft", "big"],
      "--large-draft of an embedded pair must be small or lookup",
    ],
  ])("%j", async (args, told) => {
    const { code, stderr } = await runHere(["eval", ...args]);
    expect(code).toBe(2);
    expect(stderr.startsWith(`glimprouter: ${told}`)).toBe(true);
  });
});
