import { describe, expect, it } from "vitest";
import { readCalibrateArguments } from "../../src/cli/calibrate-arguments.js";
import { readEvalArguments } from "../../src/cli/eval-arguments.js";
import { loadPair } from "../../src/cli/load-pair.js";

const MODELS = ["--small", "http://127.0.0.1:1/v1#a", "--large", "ollama:b"];
const CHECKED = [...MODELS, "--data", "p.jsonl", "--checker", "number"];

const READERS = [
  ["calibrate", (...args: string[]) => readCalibrateArguments([...CHECKED, ...args])],
  ["eval", (...args: string[]) => readEvalArguments([...CHECKED, "-o", "run", ...args])],
] as const;

describe.each(READERS)("%s", (_command, read) => {
  it("leaves to the router what is not said", async () => {
    const { temperature, limits } = await read();
    expect({ temperature, limits }).toEqual({ temperature: undefined, limits: {} });
  });

  it("takes models that do not think in tags, and how long a reply may be", async () => {
    const { limits } = await read("--no-thinking", "--max-answer-tokens", "200");
    expect(limits).toEqual({ thinking: false, maxAnswerTokens: 200 });
    expect((await read("--max-thought-tokens", "4000")).limits).toEqual({ maxThoughtTokens: 4000 });
  });

  it("takes the patience that a slow server needs, in seconds", async () => {
    const { limits } = await read("--first-token-timeout", "1800", "--stall-timeout", "900");
    expect(limits).toEqual({ firstTokenTimeoutMs: 1_800_000, stallTimeoutMs: 900_000 });
  });

  it("has a server and Ollama answer at one temperature", async () => {
    const pair = await loadPair(await read("--temperature", "0"));
    expect(pair.small).toMatchObject({ temperature: 0 });
    expect(pair.large).toMatchObject({ temperature: 0 });
    const own = await loadPair(await read());
    expect(own.small).toMatchObject({ temperature: undefined });
  });

  it.each([
    ["--temperature", "-1", "--temperature must be 0 (greedy) or more"],
    ["--temperature", "", "--temperature must be 0 (greedy) or more"],
    ["--max-answer-tokens", "0", "--max-answer-tokens must be a number of tokens"],
    ["--stall-timeout", "0", "--stall-timeout must be a number of seconds"],
    ["--max-thought-tokens", "1.5", "--max-thought-tokens must be a whole number of tokens"],
  ])("refuses %s %s", async (name, value, message) => {
    await expect(read(`${name}=${value}`)).rejects.toThrow(message);
  });
});

it("calibrate takes how many replies by chance there are, and how many problems are under way", async () => {
  const [, read] = READERS[0];
  expect(await read("--draws", "2", "--branches", "0", "--concurrency", "16")).toMatchObject({
    draws: 2,
    branches: 0,
    concurrency: 16,
  });
  await expect(read("--draws", "0")).rejects.toThrow("--draws must be a number of replies");
});
