import { createHash } from "node:crypto";
import type { Problem } from "./problem.js";

/** Of what is asked and what is right, however it was written down. */
export function hashOfProblems(problems: readonly Problem[]): string {
  const hash = createHash("sha256");
  for (const { id, prompt, answer = null, cluster = id } of problems) {
    hash.update(`${JSON.stringify([id, prompt, answer, cluster])}\n`);
  }
  return hash.digest("hex");
}
