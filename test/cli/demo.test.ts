import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { DEMO_PROBLEMS } from "../../src/cli/demo-problems.js";
import { WORD_PROBLEMS } from "../../src/cli/demo-word-problems.js";
import { runCli } from "../programs/run-program.js";

// Each run is a process of its own: seconds on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

it("demo --pair tape shows a routed thought, then all ways of answering side by side", async () => {
  const { code, stdout, stderr } = await runCli(["demo", "--pair", "tape"]);
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
  const routing = ["--point", "firstTokens:2", "--tau", "1"];
  const { code, stdout, stderr } = await runCli(["demo", "--pair", "tape", ...routing]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/ {2}1 small {2}firstTokens:2 \d\.\d\d {2}\S/);
  expect(stdout).toMatch(/routed, fused +│ +\d+ of 10/);
  expect(stdout).not.toContain("probe");
});

it("demo shows a thought in words that changes hands in mid-sentence, and each arm's cost", async () => {
  const { code, stdout, stderr } = await runCli(["demo"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  // Small writes the beginning of a step, large goes on in the same one.
  expect(stdout).toMatch(/\n +(\d) small {2}\S.*\n +\1 large {2}laterTokens \d\.\d\d {2}\S/);
  const count = WORD_PROBLEMS.length;
  const right = (name: string): number =>
    Number(new RegExp(`${name} +│ +(\\d+) of ${count} `).exec(stdout)?.[1]);
  const share = (name: string): number =>
    Number(new RegExp(`${name} +│[^│]+│[^│]+│ +(\\d+) % │`).exec(stdout)?.[1]);
  expect(right("routed at laterTokens")).toBeGreaterThan(right("small only"));
  expect(right("routed at laterTokens")).toBeGreaterThan(right("routed at stepStart"));
  expect(right("routed at laterTokens")).toBeGreaterThan(right("chance at laterTokens"));
  expect(right("large only")).toBeGreaterThan(right("routed at stepStart"));
  expect(share("routed at laterTokens")).toBeLessThan(share("routed at stepStart"));
  expect(stdout).toContain("a demonstration, never evidence");
});

it("demo refuses a pair that there is not", async () => {
  expect(await runCli(["demo", "--pair", "word"])).toEqual({
    code: 2,
    stdout: "",
    stderr: 'glimprouter: --pair must be tape or words, got "word".\n',
  });
});

it.each([
  ["tape", "problems.json", DEMO_PROBLEMS],
  ["words", "words-problems.json", WORD_PROBLEMS],
])("demo's problems of the %s pair are the first of the held-out ones", (_pair, name, shown) => {
  const file = new URL(`../../models/${name}`, import.meta.url);
  const heldOut = JSON.parse(readFileSync(file, "utf8")) as { prompt: string; answer: number }[];
  const first = heldOut.slice(0, shown.length).map(({ prompt, answer }) => ({ prompt, answer }));
  expect(first).toEqual([...shown]);
});
