import { readFileSync } from "node:fs";
import type { Problem } from "../real-servers/problems.js";

/** Set by `npm run test:llamacpp`. */
const ASKED = process.env.LLAMACPP_PROBLEMS;
const COUNT = Number(ASKED ?? 40);
const FEW = Number(ASKED ?? 10);

/** The first of the pair's held-out problems. */
export function problems(): readonly Problem[] {
  const file = new URL("../../../models/problems.json", import.meta.url);
  const all: readonly Problem[] = JSON.parse(readFileSync(file, "utf8"));
  return all.slice(0, COUNT);
}

/** As many in `npm run test:llamacpp`, few in `npm test`: for what is the same comparison once more. */
export function someProblems(): readonly Problem[] {
  return problems().slice(0, FEW);
}
