import { readFileSync } from "node:fs";
import type { Problem } from "../real-servers/problems.js";

/** The pair's held-out problems: all of them, or the first where the machine has other work. */
export function problems(): readonly Problem[] {
  const file = new URL("../../../models/problems.json", import.meta.url);
  const all: readonly Problem[] = JSON.parse(readFileSync(file, "utf8"));
  return all.slice(0, Number(process.env.LLAMACPP_PROBLEMS ?? "300"));
}
