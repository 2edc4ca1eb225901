import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects all garbage, once what is closing has closed, and tells what is left. */
export async function collectGarbage(): Promise<NodeJS.MemoryUsage> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 3; round++) {
    await sleep(300);
    // What a finalizer lets go is garbage of the next round.
    collect();
  }
  return process.memoryUsage();
}
