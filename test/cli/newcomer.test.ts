import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { serverMeant } from "../../src/cli/connect-server.js";
import { requireEmbeddedQuestion } from "../../src/cli/embedded-questions.js";
import { FirstTokenLimit } from "../../src/cli/first-token-limit.js";
import { BUNDLED_CLI } from "../programs/bundle.js";
import { runHere } from "../programs/run-here.js";
import { runCli } from "../programs/run-program.js";
import { startSilentServer } from "../servers/http/silent-server.js";
import { fakeVllm } from "../writers/vllm/vllm-setup.js";

vi.setConfig({ testTimeout: 120_000 });

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

function pairOn(baseURL: string): string[] {
  return ["--small", `${baseURL}#small`, "--large", `${baseURL}#small`];
}

/** A line of bash in which `glimprouter` is the command line. */
function runShell(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const glimprouter = `"${process.execPath}" "${BUNDLED_CLI}"`;
  const script = `set -o pipefail; glimprouter() { ${glimprouter} "$@"; }; ${line}`;
  return new Promise((resolve) => {
    const child = spawn("bash", ["-c", script], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: "1" },
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (data) => {
      output.stdout += String(data);
    });
    child.stderr.on("data", (data) => {
      output.stderr += String(data);
    });
    child.once("close", (code) => resolve({ code, ...output }));
  });
}

describe("U10: the embedded pair", () => {
  it("says in one line what it can do, where a question is not one for it", async () => {
    const { code, stdout, stderr } = await runCli(["ask", "What is the capital of France?"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      'glimprouter: The two models of this package can only calculate, tapes such as "59, +10, %6, +90, %9". For other questions name your own with --small and --large: glimprouter --help\n',
    );
  });

  it.each([
    ["tape", "problems.json", ["2+2?", "Hello", "What is 7?!", "15, +1, and why?", "+1"]],
    ["words", "words-problems.json", ["Tom has 3 apples.", "How many are 2 and 2?", "59, +10"]],
  ] as const)(
    "%s takes every problem that it was trained on, and nothing else",
    (pair, name, others) => {
      const taken = (question: string) => {
        try {
          requireEmbeddedQuestion(question, pair);
          return true;
        } catch {
          return false;
        }
      };
      const file = new URL(`../../models/${name}`, import.meta.url);
      const problems = JSON.parse(readFileSync(file, "utf8")) as { prompt: string }[];
      expect(problems.map(({ prompt }) => prompt).filter((prompt) => !taken(prompt))).toEqual([]);
      expect([...others, "What is love?"].filter(taken)).toEqual([]);
    },
  );

  it("ask --pair words solves a word problem, and says what it can where it is none", async () => {
    const question =
      "Tom has 3 bags with 14 apples each. Tom gives 12 of them to Ida. How many apples are left?";
    const asked = await runHere(["ask", question, "--pair", "words", "--json"]);
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    const { thought, glimprouter } = JSON.parse(asked.stdout);
    expect(thought).toContain("3 * 14 = 42");
    expect(glimprouter.steps[0].decisions[0].point).toBe("laterTokens");
    const refused = await runHere(["ask", "59, +10", "--pair", "words"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("can only solve word problems");
    const both = ["--pair", "words", "--small", "a.gguf", "--large", "b.gguf"];
    expect((await runHere(["ask", question, ...both])).stderr).toContain(
      "--pair is an embedded pair",
    );
  });
});

describe("standard streams", () => {
  it("U11: ask - reads the question from standard input", async () => {
    const run = await runShell("echo '59, +10, %6, +90, %9' | glimprouter ask - --json");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({ answer: "Answer: \\boxed{3}" });
    const none = await runShell("glimprouter ask - </dev/null");
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("There is no question.");
  });

  it("S15: a reader that has seen enough ends it quietly", async () => {
    const server = await fakeVllm({ tokenDelayMs: 20 });
    const run = await runShell(`glimprouter ask Hi ${pairOn(server.baseURL).join(" ")} | head -2`);
    expect(run).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\n {2}1 small/),
      stderr: "",
    });
    await server.idle();
    const doctor = await runShell("glimprouter doctor | head -1");
    expect(doctor).toEqual({ code: 0, stdout: "small: glimp-small\n", stderr: "" });
  });
});

describe("U12: ask", () => {
  it("takes --continuation and --top-logprobs, as doctor does", async () => {
    const server = await fakeVllm({ maxLogprobs: 5 });
    const run = (...more: string[]) => runHere(["ask", "2+2?", ...pairOn(server.baseURL), ...more]);
    const options = ["--continuation", "vllm,ask", "--top-logprobs", "5", "--json"];
    const { code, stdout } = await run(...options);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).glimprouter.continuation).toEqual({ small: "vllm", large: "ask" });
    const asked = server.to("/v1/completions").map(({ body }) => body.logprobs);
    expect(new Set(asked)).toEqual(new Set([5]));
    expect((await run("--top-logprobs", "one")).stderr).toContain("--top-logprobs must be a whole");
  });

  it("--json: a failure is JSON on standard output, with what was thought", async () => {
    const server = await fakeVllm();
    // Each time: the command line goes on with a stream that is cut once, and large goes on without small.
    server.fail("error-in-stream", { path: "/v1/completions", times: 99 });
    const failed = await runHere(["ask", "2+2?", ...pairOn(server.baseURL), "--json"]);
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      error: { name: "GlimpRouterError", reason: expect.any(String), thought: expect.any(String) },
    });
    expect(failed.stderr).toMatch(/^glimprouter: .+\n$/);
    const misused = await runHere(["ask", "--json"]);
    expect(misused.code).toBe(2);
    expect(JSON.parse(misused.stdout)).toEqual({
      error: { name: "UsageError", message: expect.stringContaining("There is no question.") },
    });
  });
});

describe("U13: an address without http://", () => {
  it("asks whether it was meant", async () => {
    const given = "localhost:8000#x";
    const { code, stderr } = await runHere(["ask", "Hi", "--small", given, "--large", given]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "glimprouter: There is no file localhost:8000#x. Did you mean http://localhost:8000/v1#x?\n",
    );
  });

  it.each([
    ["127.0.0.1:8000/v1#Qwen/Qwen3-4B", "http://127.0.0.1:8000/v1#Qwen/Qwen3-4B"],
    ["gpu.example.com/llm/v1/#x", "http://gpu.example.com/llm/v1#x"],
    ["[::1]:8000#x", "http://[::1]:8000/v1#x"],
    ["localhost:8000", "http://localhost:8000/v1#NAME"],
    ["models/small", null],
    ["models/small.gguf", null],
    ["hf:user/repository:Q4_K_M", null],
    ["package.json", null],
  ])("%s: %s", (given, meant) => {
    expect(serverMeant(given)).toBe(meant);
  });
});

describe("U14: a slow server", () => {
  it.each([[[]], [["--json"]], [["--continuation", "vllm"]]])(
    "ask ends when no first token comes (options: %j)",
    async (options) => {
      const silent = await startSilentServer();
      closing.push(() => silent.close());
      const args = ["ask", "Hi", ...pairOn(silent.baseURL), "--first-token-timeout", "1"];
      const { code, stdout, stderr } = await runHere([...args, ...options]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^glimprouter: No token came within 1 s\. .+--first-token-timeout/);
      const isJson = (options as readonly string[]).includes("--json");
      expect(isJson ? JSON.parse(stdout).error.name : stdout).toBe(isJson ? "FirstTokenError" : "");
    },
  );

  it.each([3_000_000, Number.POSITIVE_INFINITY])(
    "a patience of %s s is no short one",
    async (seconds) => {
      const limit = new FirstTokenLimit(seconds, () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
      limit.clear();
      expect(limit.signal.aborted).toBe(false);
    },
  );

  it("doctor shows each check when it is made", async () => {
    const server = await fakeVllm({ requestDelayMs: 300 });
    const child = spawn(process.execPath, [BUNDLED_CLI, "doctor", ...pairOn(server.baseURL)], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: "1" },
    });
    const seen: string[] = [];
    child.stdout.on("data", (data) => {
      const lines = [...String(data).matchAll(/│ (Prompt|Stop strings) +│ ok/g)];
      seen.push(...lines.map(([, title = ""]) => `${title} before ${requests()} generations`));
    });
    const requests = () => server.to("/v1/completions").length;
    await new Promise((resolve) => child.once("close", resolve));
    // Two tables; while the prompt's row of each is written, its model was not yet asked to write.
    expect(seen[0]).toBe("Prompt before 0 generations");
    expect(seen[1]).not.toBe(seen.at(-1));
    expect(seen).toHaveLength(4);
  });
});

describe("U18: a terminal of 40 columns", () => {
  const narrow = { COLUMNS: "40" };

  it("demo: lists in place of the table", async () => {
    const { stdout } = await runCli(["demo", "--pair", "tape"], narrow);
    expect(stdout).not.toMatch(/[│┌]/);
    const results = stdout.slice(stdout.indexOf("10 problems:"), stdout.indexOf("Routing answers"));
    expect(results).toMatch(/\nrouted, fused\n {2}right: 10 of 10\n {2}steps by large: \d+ %\n/);
    for (const line of results.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
  });

  it("doctor: a line for each check; a table that fits at 100", async () => {
    const { stdout } = await runCli(["doctor"], narrow);
    expect(stdout).not.toMatch(/[│┌]/);
    expect(stdout).toContain("\nok  Candidates (k): 20, as asked for\n");
    const table = await runCli(["doctor"], { COLUMNS: "100" });
    const rows = table.stdout.split("\n").filter((line) => /^[│┌└]/.test(line));
    expect(rows.length).toBeGreaterThan(36);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([100]));
  });
});
