import { expect, it } from "vitest";
import { runProgram } from "../programs/run-program.js";

async function linesOf(name: string): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram(`examples/${name}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

it("agent.ts thinks, calls a tool, and answers", async () => {
  expect(await linesOf("agent")).toEqual([
    "human: Weather?",
    "  small: They ask for the weather.",
    "  large: I cannot know it, but the tool can.",
    "ai: (calls a tool)",
    "tool: Rain, 9 degrees.",
    "  small: The tool says rain.",
    "ai: It rains in Oslo.",
  ]);
}, 120_000);

it("langgraph-node.ts streams, waits for a human, and goes on", async () => {
  const lines = await linesOf("langgraph-node");
  const streamed = lines.slice(0, -2).join("\n");
  expect(streamed.replace(/\[(small|large)\] /g, "")).toBe(
    "59, +10, %6, +90, %9\n\n69, %6, +90, %9\n\n3, +90, %9\n\n93, %9\n\n3Answer: \\boxed{3}",
  );
  expect(streamed.match(/\[(small|large)\]/g)).toContain("[large]");
  expect(lines.slice(-2)).toEqual(["To be approved: Answer: \\boxed{3}", "approved: true"]);
}, 120_000);

it("durable-graph.ts stops before a hard step, and goes on behind what a human wrote", async () => {
  const lines = await linesOf("durable-graph");
  expect(lines[0]).toMatch(/^before step \d, H_init \d\.\d\d: large\?$/);
  expect(lines[1]).toBe("  a human wrote: 3, +90, %9");
  expect(lines).toContain("Answer: \\boxed{3}");
  expect(lines.at(-1)).toMatch(/^\d steps by models; requests: \d+ small, \d+ large$/);
}, 120_000);
