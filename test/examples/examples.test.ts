import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { runProgram, runTypeScript } from "../programs/run-program.js";
import { type FakeVllm, startFakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import { PRIMES_MODEL } from "./primes-model.js";

const servers: FakeVllm[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function fakeServer(modelName: string): Promise<FakeVllm> {
  const server = await startFakeVllm({ model: PRIMES_MODEL, modelName, refuseViolations: true });
  servers.push(server);
  return server;
}

describe("examples on the embedded pair", () => {
  it("embedded.ts prints thought, answer and who wrote which step", async () => {
    const { code, stdout, stderr } = await runTypeScript("examples/embedded.ts");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "59, +10, %6, +90, %9\n\n69, %6, +90, %9\n\n3, +90, %9\n\n93, %9\n\n3\n",
    );
    expect(stdout).toContain("Answer: \\boxed{3}\n");
    expect(stdout).toMatch(/step \d: large, H_init \d\.\d\d nats/);
    expect(stdout).toMatch(/requests: \d+ small, \d+ large/);
  });

  it("serve.ts prints what a client gets: thought, answer, usage, hand-offs", async () => {
    const { code, stdout, stderr } = await runProgram("examples/serve");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^59, \+10, %6, \+90, %9\n\n69,[\s\S]*\n3\nAnswer: \\boxed\{3\}\n\d+ tokens, \d hand-offs\n$/,
    );
  });

  it("streaming.ts prints the thought, then the answer", async () => {
    const { code, stdout, stderr } = await runProgram("examples/streaming");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("35, -3, +1, %7\n\n32, +1, %7\n\n33, %7\n\n5\n---\nAnswer: \\boxed{5}\n");
  });

  it("points.ts asks one question at several points", async () => {
    const { code, stdout, stderr } = await runProgram("examples/points");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => line.split(": ")[0])).toEqual([
      "stepStart",
      "firstTokens:2",
      "stepEnd:maxEntropy",
      "everyToken:turn=2",
    ]);
    expect(lines[0]).toMatch(/^stepStart: Answer: \\boxed\{3\}, \d of 5 steps by large, 0 tokens/);
    for (const line of lines) expect(line).toMatch(/: Answer: .*, \d requests$/);
  });

  it("check-arithmetic.ts has large write the steps that small calculates wrong", async () => {
    const { code, stdout, stderr } = await runProgram("examples/check-arithmetic");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trim().split("\n");
    expect(lines.at(-1)).toBe("Answer: \\boxed{3}");
    const steps = lines.slice(0, -1);
    expect(steps).toContain("step 1: small's was right, written by small");
    expect(steps.some((line) => line.endsWith("small's was wrong, written by large"))).toBe(true);
    for (const line of steps) {
      expect(line).toMatch(/: small's was (right, written by small|wrong, written by large)$/);
    }
  });

  it("agent-or-chain.ts answers three tapes in one batch", async () => {
    const { code, stdout, stderr } = await runProgram("examples/agent-or-chain");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trim().split("\n")).toEqual([
      "59, +10, %6, +90, %9 = 3",
      "35, -3, +1, %7 = 5",
      "88, -20, %7, +30 = 35",
    ]);
  });
});

describe("examples in front of servers (a fake vLLM)", () => {
  it.each([
    ["openai-compatible.ts", "3 steps, 33 % by large"],
    ["vllm.ts", 'requests: {"small":2,"large":2}'],
  ])("%s routes between two servers", async (file, summary) => {
    const [small, large] = await Promise.all([fakeServer("small"), fakeServer("large")]);
    const { code, stdout, stderr } = await runProgram(`examples/${file.replace(/\.ts$/, "")}`, [], {
      SMALL_URL: small.baseURL,
      LARGE_URL: large.baseURL,
      SMALL_MODEL: "small",
      LARGE_MODEL: "large",
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("There are 25 primes below 100.");
    expect(stdout).toContain(summary);
    expect(large.to("/v1/completions")).toHaveLength(2);
    expect([...small.violations, ...large.violations]).toEqual([]);
  });
});

describe("every example", () => {
  const files = readdirSync(new URL("../../examples/", import.meta.url));

  it.each(files)("%s is short, and says how to run it", (file) => {
    const text = readFileSync(new URL(`../../examples/${file}`, import.meta.url), "utf8");
    expect(text.split("\n").length).toBeLessThanOrEqual(60);
    expect(text.slice(0, 900)).toContain(`npx tsx examples/${file}`);
    expect(text).toMatch(/from "langchain-glimprouter(\/\w+)?"/);
  });
});
