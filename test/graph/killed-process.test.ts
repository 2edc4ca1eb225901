import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AIMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import { recordOf } from "../langchain/record-of.js";
import { bundled } from "../programs/bundle.js";
import { runProgram } from "../programs/run-program.js";
import type { FakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import type { ScriptedThought } from "../servers/script/scripted-model.js";
import { fakeVllm } from "../writers/vllm/vllm-setup.js";

const CHILD = "test/graph/think-durably";
const STEPS = [
  "Add two and two.",
  "Wait, is it so?",
  "Count on fingers.",
  "Hmm, four it is.",
  "Yes.",
];
const SCRIPT: ScriptedThought = {
  steps: STEPS.map((text, index) => ({ text, entropy: index % 2 === 1 ? 2 : 0.2 })),
  answer: "The answer is 4.",
};

let folder = "";
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two servers for one test; slow enough to be killed between two tokens. */
async function servers() {
  folder = mkdtempSync(join(tmpdir(), "glimprouter-"));
  const options = { script: SCRIPT, refuseViolations: true, tokenDelayMs: 20 };
  return { small: await fakeVllm(options), large: await fakeVllm(options) };
}

/** Steps of the thought that each request was asked behind. */
function stepsBehind(server: FakeVllm): number[] {
  return server
    .to("/v1/completions")
    .map(({ prompt }) => STEPS.filter((step) => prompt?.includes(`${step}\n`)).length);
}

/** Starts a process and kills it as soon as `isDue`. */
async function killWhen(
  args: readonly string[],
  isDue: () => boolean,
): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [bundled(CHILD), ...args], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    stdio: "ignore",
  });
  const poll = setInterval(() => {
    if (isDue()) child.kill("SIGKILL");
  }, 2);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (_code, signal) => {
      clearInterval(poll);
      resolve(signal);
    });
  });
}

async function think(args: readonly string[]): Promise<AIMessage> {
  const { code, stdout, stderr } = await runProgram(CHILD, args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("a process that is killed in the middle of a thought", () => {
  it("pays no finished step twice, and comes to the same text", async () => {
    const { small, large } = await servers();
    const args = (name: string) => [small.baseURL, large.baseURL, join(folder, name)];
    const whole = await think(args("whole.db"));
    const uninterrupted = [...stepsBehind(small), ...stepsBehind(large)].sort();
    const [before, beforeLarge] = [stepsBehind(small).length, stepsBehind(large).length];

    // In the middle of the third step, which is small's.
    const inThirdStep = () => {
      const last = small.to("/v1/completions").at(-1);
      return stepsBehind(small).slice(before).at(-1) === 2 && (last?.tokensWritten ?? 0) >= 2;
    };
    expect(await killWhen(args("killed.db"), inThirdStep)).toBe("SIGKILL");
    const resumed = await think(args("killed.db"));

    expect(resumed.content).toBe("The answer is 4.");
    expect(resumed.content).toBe(whole.content);
    expect(resumed.additional_kwargs.reasoning_content).toBe(STEPS.join("\n\n"));
    expect(resumed.additional_kwargs).toEqual(whole.additional_kwargs);
    const routes = ["small", "large", "small", "large", "small"];
    expect(recordOf(resumed).steps.map(({ route }) => route)).toEqual(routes);
    // Only the step that was under way is asked for again.
    const paid = [
      ...stepsBehind(small).slice(before),
      ...stepsBehind(large).slice(beforeLarge),
    ].sort();
    expect(paid).toEqual([...uninterrupted, 2].sort());
    expect(recordOf(resumed).requests).toEqual(recordOf(whole).requests);
    expect([...small.violations, ...large.violations]).toEqual([]);
  }, 120_000);
});
