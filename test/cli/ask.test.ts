import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RoutingRecord } from "../../src/index.js";
import { runHere } from "../programs/run-here.js";
import { runCli } from "../programs/run-program.js";

// Each run is a process of its own: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const TAPE = "59, +10, %6, +90, %9";
const ESCAPE = "\u001b[";

describe("glimprouter ask", () => {
  it("streams the steps with their writers and H_init, then the answer and one summary line", async () => {
    const { code, stdout, stderr } = await runHere(["ask", TAPE]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const lines = stdout.split("\n").filter((line) => line.trim() !== "");
    expect(lines[0]).toMatch(/^ {2}1 (small|large) {2}H \d\.\d\d {2}59, \+10, %6, \+90, %9$/);
    expect(
      lines.filter((line) => /^ *\d+ (small|large) {2}H \d\.\d\d {2}\S/.test(line)),
    ).toHaveLength(5);
    expect(lines.some((line) => / large {2}H /.test(line))).toBe(true);
    expect(stdout).toContain("answer  Answer: \\boxed{3}");
    expect(lines.at(-1)).toMatch(
      /^5 steps, \d+ % by large, \d+ % of the tokens by large, \d+ requests, [\d.]+ s$/,
    );
    expect(stdout).not.toContain(ESCAPE);
  });

  it("tints when colours are asked for, and not without a terminal", async () => {
    const tinted = await runCli(["ask", "15, +1"], { FORCE_COLOR: "1", NO_COLOR: "" });
    expect(tinted.stdout).toContain(ESCAPE);
    // Colours are for terminals, and for the logs of continuous integration.
    const plain = await runCli(["ask", "15, +1"], { NO_COLOR: "", CI: "" });
    expect(plain.stdout).not.toContain(ESCAPE);
  });

  it("prints one JSON object with --json, the same in both glimpse modes but for the requests", async () => {
    const replies = await Promise.all(
      ["fused", "probe"].map(async (glimpse) => {
        const { code, stdout } = await runHere(["ask", TAPE, "--json", "--glimpse", glimpse]);
        expect(code).toBe(0);
        return JSON.parse(stdout) as {
          answer: string;
          thought: string;
          glimprouter: RoutingRecord;
        };
      }),
    );
    const [fused, probe] = replies;
    expect(fused?.answer).toBe("Answer: \\boxed{3}");
    expect(probe?.answer).toBe(fused?.answer);
    expect(probe?.thought).toBe(fused?.thought);
    const routes = (reply: typeof fused) => reply?.glimprouter.steps.map(({ route }) => route);
    expect(routes(probe)).toEqual(routes(fused));
    expect(probe?.glimprouter.requests.small).toBeGreaterThan(
      fused?.glimprouter.requests.small ?? Number.NaN,
    );
  });

  it("takes two GGUF files and a threshold", async () => {
    const { stdout, stderr } = await runHere([
      "ask",
      TAPE,
      "--small",
      "models/glimp-small.gguf",
      "--large",
      "models/glimp-large.gguf",
      "--tau",
      "2.9",
      "--json",
    ]);
    expect(stderr).toBe("");
    const { glimprouter } = JSON.parse(stdout) as { glimprouter: RoutingRecord };
    expect(glimprouter.threshold).toBe(2.9);
    expect(glimprouter.interventionRate).toBe(0);
    expect(glimprouter.continuation).toEqual({ small: "local", large: "local" });
  });
});

describe("--point and --threshold", () => {
  const asJson = async (...options: string[]) => {
    const { code, stdout, stderr } = await runHere(["ask", TAPE, "--json", ...options]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return (JSON.parse(stdout) as { glimprouter: RoutingRecord }).glimprouter;
  };

  it("route by any point, rebuilt from its name; --tau is another name of --threshold", async () => {
    const [byThreshold, byTau, byPoint] = await Promise.all([
      asJson("--threshold", "0.5", "--point", "stepStart"),
      asJson("--tau", "0.5"),
      asJson("--threshold=-3.1", "--point", "anyOf(window:2,window:3)"),
    ]);
    const routes = ({ steps }: RoutingRecord) => steps.map(({ route }) => route);
    expect(routes(byThreshold)).toEqual(routes(byTau));
    expect(routes(byThreshold)).toContain("large");
    expect(byPoint).toMatchObject({ threshold: -3.1 });
    expect(byPoint.steps.flatMap(({ decisions }) => decisions)[0]?.point).toMatch(/^window:/);
  });

  it("show each part on its own line, with the value where it is known before its words", async () => {
    const { code, stdout, stderr } = await runHere([
      "ask",
      TAPE,
      "--point",
      "everyToken:turn=1",
      "--threshold",
      "1",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n").filter((line) => line.trim() !== "");
    expect(lines[0]).toMatch(/^ {2}1 small {2}everyToken:turn=1 \d\.\d\d {2}5/);
    expect(
      lines.some((line) => /^ {2}\d large {2}everyToken:turn=1 \d\.\d\d {2}\S/.test(line)),
    ).toBe(true);
    // Behind a turn of large small goes on in the same step, and nothing was decided.
    expect(lines.some((line) => /^ {2}\d small {2}\S/.test(line))).toBe(true);
    expect(stdout).toContain("answer  Answer: \\boxed{3}");
  });

  it.each([
    ["a misspelt point", ["--point", "stepstart"], 'Did you mean "stepStart"? Known: stepStart, '],
    ["an unknown point", ["--point", "mine"], "Known: stepStart, firstTokens, "],
    ["a point's wrong argument", ["--point", "firstTokens:x"], "`n` of firstTokens"],
    [
      "a negative number without =",
      ["--threshold", "-3.1", "--point", "window:2"],
      "use '--threshold=-XYZ'",
    ],
    ["both names", ["--tau", "1", "--threshold", "1"], "--tau is another name of --threshold"],
    ["no number", ["--threshold", "high"], "--threshold must be a number of nats"],
    [
      "no number, of a point that is not in nats",
      ["--threshold", "high", "--point", "stepStart:margin"],
      "--threshold must be a number of what stepStart:margin tells",
    ],
  ])("%s is told in one line, and the exit status is 2", async (_what, options, reason) => {
    for (const command of [["ask", TAPE], ["demo"]]) {
      const { code, stdout, stderr } = await runHere([...command, ...options]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(reason);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    }
  });

  it.each([
    ["above", "1.5", "is at most 1, so nothing would go to large"],
    ["below", "-0.5", "is at least 0, so all would go to large"],
  ])("a threshold %s the point's range is refused by it", async (_what, threshold, reason) => {
    const options = ["--point", "stepStart:margin", `--threshold=${threshold}`];
    const { code, stderr } = await runHere(["ask", TAPE, ...options]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`stepStart:margin ${reason}`);
  });
});

describe("--verify and --close-when", () => {
  it("are seen in the record and in the summary; a bad value is told in one line", async () => {
    const verify = ["--verify", "self", "--verify-threshold", "1"];
    const early = ["--close-when", "answerEntropy:100:warmUp=2"];
    const [shown, json, bad] = await Promise.all([
      runHere(["ask", TAPE, ...verify, ...early]),
      runHere(["ask", TAPE, "--json", ...early]),
      runHere(["ask", TAPE, "--close-when", "closeMargin:0"]),
    ]);
    expect([shown.code, shown.stderr, json.code, json.stderr]).toEqual([0, "", 0, ""]);
    expect(shown.stdout).toMatch(
      /\n2 steps, .*, \d requests( \+ [12] to judge)? \+ 2 to watch, [\d.]+ s\n$/,
    );
    const { glimprouter } = JSON.parse(json.stdout) as { glimprouter: RoutingRecord };
    expect(glimprouter).toMatchObject({ stopReason: "early-exit", requests: { watch: 2 } });
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(bad.stderr).toContain("--close-when: `margin` of closeMargin()");
  });
});

describe("glimprouter --help and --version", () => {
  it("print what there is, and exit with 0", async () => {
    const help = await runCli(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const option of [
      "--small",
      "--large",
      "--threshold",
      "--tau",
      "--point",
      "--glimpse",
      "--json",
      "NO_COLOR",
    ]) {
      expect(help.stdout).toContain(option);
    }
    expect((await runCli(["ask", "--help"])).stdout).toBe(help.stdout);
    expect((await runCli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("bad input", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "glimprouter-"));
    await writeFile(join(folder, "text.gguf"), "not a model");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ["no question", ["ask"], "There is no question."],
    ["two questions", ["ask", "1", "2"], "put it in quotes"],
    ["an unknown command", ["aks"], 'No command "aks"'],
    ["an unknown option", ["ask", "1", "--taw", "1"], "--taw"],
    [
      "a threshold that is no number",
      ["ask", "1", "--tau", "high"],
      "--tau must be a number of nats",
    ],
    ["a negative threshold", ["ask", "1", "--tau=-1"], "Option `threshold`"],
    ["a threshold above ln k", ["ask", "1", "--tau", "3"], "at most ln 20 = 2.996"],
    ["an unknown glimpse", ["ask", "1", "--glimpse", "peek"], "--glimpse must be fused or probe"],
    ["only one model", ["ask", "1", "--small", "a.gguf"], "--large is missing"],
    [
      "a server without a name",
      ["ask", "1", "--small", "http://127.0.0.1:1/v1", "--large", "http://127.0.0.1:1/v1"],
      "needs a model name",
    ],
    [
      "a file that is not there",
      ["ask", "1", "--small", "nowhere.gguf", "--large", "nowhere.gguf"],
      "nowhere.gguf (ENOENT)",
    ],
    [
      "a server that is not there",
      [
        "ask",
        "1",
        "--small",
        "http://127.0.0.1:19999/v1#a",
        "--large",
        "http://127.0.0.1:19999/v1#b",
      ],
      "Check `configuration.baseURL`",
    ],
  ])("%s: one line that says why, and a non-zero exit", async (_what, args, reason) => {
    const { code, stdout, stderr } = await runHere(args);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^glimprouter: /);
  });

  it("a file that is no model: says what it begins with", async () => {
    const file = join(folder, "text.gguf");
    const { code, stderr } = await runHere(["ask", "1", "--small", file, "--large", file]);
    expect(code).toBe(1);
    expect(stderr).toContain("Expected a GGUF file");
  });
});
