import { afterEach, expect, it } from "vitest";
import { runProgram } from "../programs/run-program.js";
import { type FakeLangSmith, startFakeLangSmith } from "../servers/fake-langsmith.js";

let langsmith: FakeLangSmith | undefined;
afterEach(() => langsmith?.close());

async function linesOf(name: string, env: Record<string, string> = {}): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram(`examples/${name}`, [], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

it("chain.ts streams the answer, batches, and tells the decisions", async () => {
  const [answer, batch, ...decisions] = await linesOf("chain");
  expect(answer).toBe("Answer: \\boxed{3}");
  expect(batch).toBe("[ 3, 5 ]");
  expect(decisions).toHaveLength(5);
  expect(decisions[0]).toMatch(/^step 1: small \(H_init \d\.\d\d\)$/);
  expect(decisions.filter((line) => line.includes("large"))).not.toEqual([]);
}, 120_000);

it("structured-output.ts parses the answer and keeps the thought", async () => {
  expect(await linesOf("structured-output")).toEqual([
    "Oslo: 717000",
    "Oslo lies in Norway.",
    "",
    "About 717,000 people live there, as of 2024.",
    "small, large; answer ends with tool_calls",
  ]);
}, 120_000);

it("langsmith-tracing.ts prints the tree where no key is set", async () => {
  const lines = await linesOf("langsmith-tracing", { LANGSMITH_TRACING: "false" });
  expect(lines[0]).toBe("GlimpRouterChatModel");
  expect(lines[1]).toMatch(/^ {2}1 small, H \d\.\d\d ≤ 1\.00, "5" {2}\d+ tokens, \d+ ms$/);
  expect(lines[2]).toBe("    59, +10, %6, +90, %9");
  expect(lines.filter((line) => /^ {2}\d large, H \d\.\d\d > 1\.00/.test(line))).not.toEqual([]);
  expect(lines.at(-1)).toBe("    Answer: \\boxed{3}");
}, 120_000);

it("langsmith-tracing.ts sends the tree where LangSmith is set up in the environment", async () => {
  langsmith = await startFakeLangSmith("gzip");
  const lines = await linesOf("langsmith-tracing", {
    LANGSMITH_TRACING: "true",
    LANGSMITH_ENDPOINT: langsmith.url,
    LANGSMITH_API_KEY: "ls-key",
  });
  expect(lines).toEqual(["The trace is in your LangSmith project."]);
  expect(langsmith.violations).toEqual([]);
  const [tree] = langsmith.trees();
  expect(tree?.name).toBe("GlimpRouterChatModel");
  expect(tree?.children).toHaveLength(6);
  expect(tree?.children.every(({ end_time }) => end_time !== undefined)).toBe(true);
}, 120_000);

it("opentelemetry.ts tells an app's own SDK what routing does", async () => {
  const sdk = new URL("print-metrics.mjs", import.meta.url).href;
  const [answer, ...told] = await linesOf("opentelemetry", { NODE_OPTIONS: `--import ${sdk}` });
  expect(answer).toBe("Answer: \\boxed{3}");
  const values = told.map((line) => JSON.parse(line));
  const holding = (about: object) => expect.arrayContaining([expect.objectContaining(about)]);
  for (const role of ["small", "large"]) {
    expect(values).toEqual(
      holding({ name: "glimprouter.tokens", role, value: expect.any(Number) }),
    );
    expect(values).toEqual(holding({ name: "glimprouter.server.out", role, value: 0 }));
  }
  const shares = values.filter(({ name }) => name === "glimprouter.large_share");
  expect(shares).toEqual([{ name: "glimprouter.large_share", value: expect.any(Number) }]);
  expect(shares[0].value).toBeGreaterThan(0);
}, 120_000);
