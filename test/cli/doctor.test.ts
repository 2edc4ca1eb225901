import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { DoctorReport } from "../../src/doctor/report.js";
import { runHere } from "../programs/run-here.js";
import { runCli } from "../programs/run-program.js";
import { fakeVllm } from "../writers/vllm/vllm-setup.js";

// Each run is a process of its own: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that refuses everything, and quotes the key and the address. */
async function indiscreetServer(): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(401, { "content-type": "application/json" });
    const message = `${request.headers.authorization} came to ${request.url}`;
    response.end(JSON.stringify({ error: { message } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** Arguments for two models on one server. */
function pairOn(baseURL: string, name = "small"): string[] {
  return ["--small", `${baseURL}#${name}`, "--large", `${baseURL}#${name}`];
}

describe("glimprouter doctor", () => {
  it("without models: examines the embedded pair, and ends with what to paste", async () => {
    const { code, stdout, stderr } = await runCli(["doctor"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^small: glimp-small\n/);
    expect(stdout).toContain("\nlarge: glimp-large\n");
    expect(stdout).toMatch(/│ Candidates \(k\) +│ ok +│ 20, as asked for +│/);
    expect(stdout.trimEnd()).toMatch(
      /This pair can route\. Paste:\n\nconst router = new GlimpRouterChatModel\(\{[^}]+continuation: \{ small: "local", large: "local" \},[\s\S]+\}\);$/,
    );
  });

  it("two servers: exit code 0, their address, a table for each", async () => {
    const [small, large] = [
      await fakeVllm(),
      await fakeVllm({ modelName: "large", tokenDelayMs: 60 }),
    ];
    const models = ["--small", `${small.baseURL}#small`, "--large", `${large.baseURL}#large`];
    const { code, stdout } = await runHere(["doctor", ...models]);
    expect(code).toBe(0);
    expect(stdout).toContain(`small: small at ${small.baseURL}\n`);
    expect(stdout).toContain(`large: large at ${large.baseURL}\n`);
    expect(stdout).toMatch(/│ Two models +│ ok /);
    expect(stdout).toMatch(/│ Speed +│ ok /);
    expect(stdout.match(/│ Reachable +│ ok /g)).toHaveLength(2);
    expect(stdout).toContain('continuation: { small: "vllm", large: "vllm" }');
    expect(stdout).not.toContain("What to do");
  });

  it("one model as both: it can route, and is told that this cannot help", async () => {
    const server = await fakeVllm();
    const { code, stdout } = await runHere(["doctor", ...pairOn(server.baseURL)]);
    expect(code).toBe(0);
    expect(stdout).toContain("- pair, Two models: Name a second model: ");
    expect(stdout).toContain("This pair can route.");
  });

  it("a pair that cannot route: exit code 1, and what to change instead of a snippet", async () => {
    const server = await fakeVllm({ processedLogprobs: true });
    const { code, stdout, stderr } = await runHere(["doctor", ...pairOn(server.baseURL)]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(/│ Before temperature +│ failed /);
    expect(stdout).toContain(
      "What to do\n- small, Before temperature: Serve log-probabilities as they are before temperature (vLLM: --logprobs-mode raw_logprobs",
    );
    expect(stdout).toMatch(/This pair cannot route yet\.\n$/);
    expect(stdout).not.toContain("new GlimpRouterChatModel");
  });

  it("a server that is not there: one row, and how many checks need it", async () => {
    const { code, stdout } = await runHere(["doctor", ...pairOn("http://127.0.0.1:9/v1")]);
    expect(code).toBe(1);
    expect(stdout.match(/21 more checks need one that failed\./g)).toHaveLength(2);
    expect(stdout).toContain(
      "- large, Reachable: Check `configuration.baseURL`, and that the server is up.",
    );
  });

  it("--json: the report, for a wrong name", async () => {
    const server = await fakeVllm();
    const { code, stdout } = await runHere([
      "doctor",
      ...pairOn(server.baseURL, "gpt-4"),
      "--json",
    ]);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as DoctorReport;
    expect(report.canRoute).toBe(false);
    expect(report.large.checks.find(({ id }) => id === "model-name")).toMatchObject({
      status: "failed",
      seen: '"gpt-4" is not among what is served: "small"',
    });
  });

  it("--verify: the share of large's own steps that the judge rejects, by threshold", async () => {
    const { code, stdout, stderr } = await runHere([
      ...["doctor", "--verify", "likelihood", "--threshold", "0.33"],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\nverify by "likelihood": large's own steps, \d+ of 10 questions\n/);
    for (const threshold of ["0.1", "0.33", "3"]) {
      expect(stdout).toMatch(new RegExp(`│ ${threshold} +│ +0 % │`));
    }
  });

  it("--verify where no step could be judged says why", async () => {
    const server = await fakeVllm();
    const { code, stdout } = await runHere([
      ...["doctor", ...pairOn(server.baseURL), "--verify", "score"],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("large's own steps, 0 of 6 questions\n");
    expect(stdout).toMatch(/\d+ steps were not judged; the first: no rating from 0 to 9/);
  });

  it("--continuation and --top-logprobs reach the examination", async () => {
    const server = await fakeVllm({ template: "trimming", maxLogprobs: 5 });
    const run = (...options: string[]) =>
      runHere(["doctor", ...pairOn(server.baseURL), "--top-logprobs", "5", ...options]);
    const [text, chat] = await Promise.all([run(), run("--continuation", "vllm-chat")]);
    expect(text.stdout).toContain("topLogprobs: 5");
    expect(chat.code).toBe(1);
    expect(chat.stdout).toMatch(/│ Unfinished thought +│ failed /);
    expect(chat.stdout).toContain('- small, Unfinished thought: Use `continuation: "vllm"`');
  });
});

describe("--continuation SMALL,LARGE", () => {
  it("gives each model its own", async () => {
    const server = await fakeVllm();
    const run = await runHere(["doctor", ...pairOn(server.baseURL), "--continuation", "vllm,ask"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('continuation: { small: "vllm", large: "ask" }');
  });
});

describe("secrets", () => {
  it.each([[[]], [["--json"]]])("are printed nowhere (options: %j)", async (options) => {
    const baseURL = await indiscreetServer();
    const key = "sk-very-secret-key";
    const args = ["doctor", ...pairOn(`${baseURL}?token=query-secret`), ...options];
    const { code, stdout, stderr } = await runHere(args, { OPENAI_API_KEY: key });
    expect(code).toBe(1);
    expect(stdout).toContain("[API key]");
    expect(stdout + stderr).not.toContain(key);
    expect(stdout + stderr).not.toContain("query-secret");
  });

  it("of an address are printed nowhere, also where it has no name", async () => {
    const address = "http://alice-user:pass-secret@127.0.0.1:9/v1?token=query-secret";
    const named = runHere(["doctor", ...pairOn(address)]);
    const nameless = runHere(["doctor", "--small", address, "--large", address]);
    for (const { code, stdout, stderr } of await Promise.all([named, nameless])) {
      expect(code).toBeGreaterThan(0);
      expect(stdout + stderr).toContain("http://127.0.0.1:9/v1");
      expect(stdout + stderr).not.toMatch(/alice-user|pass-secret|query-secret/);
    }
  });
});

describe("bad input", () => {
  it.each([
    ["a question", ["What?"], "Unexpected argument"],
    ["an unknown option", ["--tau", "1"], "--tau"],
    ["half a pair of kinds", ["--continuation", "vllm,"], "--continuation must be a name, or two"],
    ["an unknown judge", ["--verify", "vibes"], "--verify must be score or self or likelihood"],
    ["a threshold without a judge", ["--threshold", "0.5"], "--threshold is for --verify"],
    ["a threshold that is none", ["--verify", "self", "--threshold", "x"], "--threshold must be"],
    ["one candidate", ["--top-logprobs", "1"], "--top-logprobs must be a whole number, 2 or more"],
  ])("%s: one line that says why, exit code 2", async (_what, args, reason) => {
    const { code, stdout, stderr } = await runHere(["doctor", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
