import { embeddedPair } from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { heldOutProblems } from "../embedded/held-out-problems.js";
import type { JudgedCost } from "./judged-cost.js";
import {
  byLikelihood,
  cpuTime,
  measureJudge,
  openPrompt,
  STEP_TOKENS,
  writeText,
} from "./measure-judge.js";

const PROBLEMS = 20;

/**
 * With a real model in this process: the embedded pair's large one, on 30 tokens of its own thoughts. Its ratings are no
 * digits now and then, so they are not timed.
 */
export async function judgedInProcess(): Promise<JudgedCost> {
  const { large, dispose } = await embeddedPair();
  const writer = large[STEP_WRITER];
  try {
    const rounds = [];
    for (const { prompt } of await heldOutProblems(PROBLEMS)) {
      const model = { writer, opening: await openPrompt(writer, prompt) };
      const thought = await writeText(model, "", STEP_TOKENS);
      const step = await writeText(model, thought, STEP_TOKENS);
      rounds.push(await measureJudge(model, byLikelihood, { thought, step }, cpuTime));
    }
    return { name: "likelihood, in process", context: 2 * STEP_TOKENS, rounds };
  } finally {
    await dispose();
  }
}
