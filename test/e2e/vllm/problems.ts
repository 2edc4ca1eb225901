import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { installPlace } from "../../../scripts/vllm/install-place.js";
import { outputOf } from "../../../scripts/vllm/run-command.js";

export interface Problem {
  readonly prompt: string;
  readonly answer: number;
}

const MODELS = fileURLToPath(new URL("../../../models", import.meta.url));

/** As models/training/evaluate.py draws the problems that the pair is judged by. */
const GENERATE = [
  "import json, sys",
  `sys.path.insert(0, ${JSON.stringify(`${MODELS}/training`)})`,
  "from tape import held_out_problems",
  "print(json.dumps(held_out_problems(20261124, 300)))",
].join("\n");

/** The pair's 300 held-out problems: models/problems.json, or generated anew where it was not committed. */
export async function heldOutProblems(): Promise<readonly Problem[]> {
  const committed = await readFile(`${MODELS}/problems.json`, "utf8").catch(() => null);
  return JSON.parse(committed ?? (await outputOf(installPlace().python, ["-c", GENERATE])));
}
