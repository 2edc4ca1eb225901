import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { DEMO_PROBLEMS } from "../../src/cli/demo-problems.js";
import { runCli } from "../programs/run-program.js";

// Each run is a process of its own: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

it("demo shows a routed thought, then all ways of answering side by side", async () => {
  const { code, stdout, stderr } = await runCli(["demo"]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const right = (name: string): number =>
    Number(new RegExp(`${name} +│ +(\\d+) of 10`).exec(stdout)?.[1]);
  const requests = (name: string): number =>
    Number(new RegExp(`${name} .*│ +(\\d+) │ +\\d+ │\\n`).exec(stdout)?.[1]);
  expect(right("routed, fused")).toBeGreaterThan(right("small only"));
  expect(right("routed, probe")).toBe(right("routed, fused"));
  expect(requests("routed, fused")).toBeLessThan(requests("routed, probe"));
  expect(stdout).toContain(`10 problems:`);
  expect(stdout).toMatch(/ large {2}H \d\.\d\d {2}\S/);
});

it("demo takes a point and a threshold; what a probe cannot see is not probed", async () => {
  const { code, stdout, stderr } = await runCli(["demo", "--point", "firstTokens:2", "--tau", "1"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/ {2}1 small {2}firstTokens:2 \d\.\d\d {2}\S/);
  expect(stdout).toMatch(/routed, fused +│ +\d+ of 10/);
  expect(stdout).not.toContain("probe");
});

it("demo's problems are the first ten of the held-out ones", () => {
  const file = new URL("../../models/problems.json", import.meta.url);
  const heldOut = JSON.parse(readFileSync(file, "utf8")) as { prompt: string; answer: number }[];
  expect(heldOut.slice(0, 10).map(({ prompt, answer }) => ({ prompt, answer }))).toEqual([
    ...DEMO_PROBLEMS,
  ]);
});
