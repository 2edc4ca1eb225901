import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Calibration, RoutingRecord } from "../../src/index.js";
import { BUNDLED_CLI } from "../programs/bundle.js";
import { runHere } from "../programs/run-here.js";
import type { ProgramRun } from "../programs/run-program.js";
import { startServe } from "./start-serve.js";

// Each run is a process of its own: seconds on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const TAPE = "59, +10, %6, +90, %9";
let folder = "";
let file = "";
let first: ProgramRun;
let calibration: Calibration;

const few = (...more: readonly string[]) => [
  "calibrate",
  ...["--limit", "12", "--menu", "stepStart,digits", "--target", "steps=0.3"],
  ...more,
];
/** As few as can be: it is stopped, and gone on with. */
const fewest = (...more: readonly string[]) => [
  "calibrate",
  ...["--limit", "8", "--menu", "stepStart", "--target", "steps=0.3"],
  ...more,
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "calibrate-cli-"));
  file = join(folder, "tape.json");
  first = await runHere(few("-o", file));
  calibration = JSON.parse(await readFile(file, "utf8")) as Calibration;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("glimprouter calibrate", () => {
  it("takes the embedded pair and its problems, says first what it costs, and shows that it gains", () => {
    expect(first.code).toBe(0);
    const [cost] = first.stderr.split("\n");
    expect(cost).toMatch(
      /^12 problems, 6 to choose on and 6 held out: up to 105 replies, about [\d,]+ requests, [\d,]+ tokens, .*\. Smallest difference it can see: 51\.1 points\.$/,
    );
    expect(first.stdout).toMatch(
      /^A first look, along large's own thoughts \(12, with \d+ steps\): H_init of the steps lies 10 % above \d\.\d+, /,
    );
    expect(first.stdout).toContain("│ stepStart ");
    expect(first.stdout).toContain("│ stepNumber (dummy) ");
    expect(first.stdout).toContain("of it by branches");
    expect(first.stdout).toMatch(
      /Branches: 6 steps of small's own thoughts were answered both ways; handed over, \d came out better and \d worse\./,
    );
    expect(first.stdout).toMatch(/Verdict Gains: \+\d/);
    expect(first.stdout).toContain(`Written to ${file}`);
    expect(calibration).toMatchObject({
      v: 1,
      k: 20,
      direction: "above",
      data: { n: 12, split: 0.5 },
    });
    expect(calibration.small).toMatchObject({ name: "glimp-small", server: "local" });
    expect(calibration.verdict.says).toMatch(/^gains/);
    expect(calibration.canaries).toHaveLength(5);
  });

  it("asks nothing again where all replies are kept", async () => {
    const { code, stdout, stderr } = await runHere(few("-o", file, "--json"));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "12 problems, 6 to choose on and 6 held out: all replies are there.\n",
    });
    const again = JSON.parse(stdout) as Calibration;
    // Canaries are measured at the end: an engine gives the last digits of an entropy as it batches its work.
    const { id, made, canaries } = again;
    expect(again).toEqual({ ...calibration, id, made, canaries });
  });

  it("says at Ctrl-C how to go on, with exit code 130, and goes on", async () => {
    const output = join(folder, "stopped.json");
    const args = fewest("-o", output, "--seed", "1");
    const child = spawn(process.execPath, [BUNDLED_CLI, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("held out") && !child.killed) child.kill("SIGINT");
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(130);
    expect(said).toMatch(
      /Stopped\. \d+ replies are kept in .*stopped\.work\. To go on: glimprouter calibrate --limit 8 /,
    );
    await expect(readFile(output)).rejects.toThrow("ENOENT");
    const kept = (await readFile(join(folder, "stopped.work", "replies.jsonl"), "utf8"))
      .trimEnd()
      .split("\n").length;
    expect(kept).toBeGreaterThanOrEqual(3);
    const resumed = await runHere(args);
    expect([0, 1]).toContain(resumed.code);
    expect(resumed.stderr).not.toContain("up to 61 replies");
    const other = await runHere(fewest("-o", output, "--seed", "2"));
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("field `seed`: the folder holds another calibration");
  });

  it.each<[string, string[], RegExp]>([
    ["one model", ["--small", "a.gguf"], /--data is missing/],
    ["no checker", ["--checker", "nubmer"], /--checker must be exact, choice, number, boxed, json/],
    ["a target that is none", ["--target", "steps=2"], /--target must be steps=0.25/],
    ["a signal that is none", ["--menu", "stepstart"], /The menu has "stepstart"/],
    ["a label that is none", ["--label", "luck"], /--label must be gain, neutral, numbers/],
    ["too few problems", ["--limit", "5"], /5 problems in 5 clusters/],
    ["a limit that is none", ["--limit", "x"], /--limit must be a number of problems/],
    ["a file that is not there", ["--data", "no.jsonl"], /no\.jsonl: cannot be read \(ENOENT\)/],
  ])("%s is told in one line, with exit code 2", async (_what, args, message) => {
    const { code, stdout, stderr } = await runHere([
      "calibrate",
      "-o",
      join(folder, "no.json"),
      ...args,
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("a bad line of the data is refused with its number and field, before anything is asked", async () => {
    const data = join(folder, "bad.jsonl");
    const lines = Array.from({ length: 9 }, (_, id) =>
      JSON.stringify({ id: String(id), prompt: `${id}, +1`, answer: id + 1 }),
    );
    await writeFile(data, [...lines, '{"id":"9","answer":1}'].join("\n"));
    const { code, stderr } = await runHere([
      "calibrate",
      "--data",
      data,
      "--checker",
      "boxed",
      "-o",
      join(folder, "no.json"),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("bad.jsonl:10: field `prompt`");
  });
});

describe("--calibration", () => {
  it("routes `ask` as it was calibrated, and says nothing where the pair is the calibrated one", async () => {
    const { code, stdout, stderr } = await runHere(["ask", TAPE, "--json", "--calibration", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { glimprouter } = JSON.parse(stdout) as { glimprouter: RoutingRecord };
    expect(glimprouter.threshold).toBe(calibration.threshold);
    expect(glimprouter.steps.some(({ route }) => route === "large")).toBe(true);
  });

  it("serves shares by name", async () => {
    const { address } = await startServe(["--pair", "tape", "--calibration", file]);
    const ask = async (model: string) => {
      const response = await fetch(`${address}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, messages: [{ role: "user", content: TAPE }] }),
      });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-glimprouter-calibration")).toBe(calibration.id);
      const { glimprouter } = (await response.json()) as { glimprouter: RoutingRecord };
      return glimprouter.largeShare;
    };
    const [little, most] = [await ask("glimprouter@0.01"), await ask("glimprouter@0.99")];
    expect(little).toBeLessThan(most);
  });

  it("of another pair is refused, before anything is paid for", async () => {
    const question =
      "Tom has 3 bags with 14 apples each. Tom gives 12 of them to Ida. How many apples are left?";
    const { code, stdout, stderr } = await runHere([
      "ask",
      question,
      "--pair",
      "words",
      "--calibration",
      file,
    ]);
    expect(code).toBe(1);
    expect(stdout.trim()).toBe("");
    expect(stderr).toContain("is not of this pair: ");
  });

  it("warns where a canary is a little off, and goes on", async () => {
    const near = join(folder, "near.json");
    const canaries = calibration.canaries.map((canary) => ({
      ...canary,
      small: canary.small + 0.1,
    }));
    await writeFile(near, JSON.stringify({ ...calibration, canaries }));
    const { code, stderr } = await runHere(["ask", TAPE, "--json", "--calibration", near]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: The set-up is not quite the calibrated one: small's entropy/);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("is looked at by `doctor`, which says what differs", async () => {
    const [same, other] = await Promise.all([
      runHere(["doctor", "--calibration", file]),
      runHere(["doctor", "--pair", "words", "--calibration", file, "--json"]),
    ]);
    expect(same.code).toBe(0);
    expect(same.stdout).toContain("These are the models that were calibrated.");
    expect(other.code).toBe(1);
    const report = JSON.parse(other.stdout) as {
      calibration: { holds: boolean; differences: { what: string; role: string }[] };
    };
    expect(report.calibration.holds).toBe(false);
    const kinds = report.calibration.differences.map(({ role, what }) => `${role} ${what}`);
    expect(kinds).toEqual(
      expect.arrayContaining(["small name", "small canary", "large name", "large canary"]),
    );
  });

  it("brings what it holds: another beside it is refused, and so is what is no calibration", async () => {
    const wrong = join(folder, "wrong.json");
    await writeFile(wrong, "{");
    const other = join(folder, "other.json");
    await writeFile(other, JSON.stringify({ ...calibration, point: undefined }));
    const say = async (...args: string[]) => {
      const { code, stderr } = await runHere(["ask", TAPE, ...args]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await say("--calibration", file, "--tau", "1")).toContain(
      "--calibration brings --tau with it",
    );
    expect(await say("--calibration", file, "--point", "digits")).toContain("brings --point");
    expect(await say("--calibration", join(folder, "none.json"))).toContain(
      "cannot be read: ENOENT",
    );
    expect(await say("--calibration", wrong)).toContain("is no JSON");
    expect(await say("--calibration", other)).toContain("`point` is missing");
  });
});
