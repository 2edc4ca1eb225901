import { existsSync } from "node:fs";
import { mkdir, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { outputOf } from "../run-command.js";
import type { PythonPlace } from "./python-place.js";

/** One step of a setup. A step that was finished once is not run again. */
export interface SetupStep {
  readonly name: string;
  readonly says: string;
  run(place: PythonPlace): Promise<void>;
}

export interface Setup {
  /** What is set up, with its release. */
  readonly title: string;
  readonly place: PythonPlace;
  readonly steps: readonly SetupStep[];
  /** Free space that it takes, while the step of that name is still to come. */
  readonly space: { readonly bytes: number; readonly until: string };
  /** What to run when it is done. */
  readonly next: string;
}

/** Runs what is left of a setup, step by step. */
export async function setUp({ title, place, steps, space, next }: Setup): Promise<void> {
  console.log(`${title} for the CPU, in ${place.home}`);
  await requirePython();
  await mkdir(place.finished, { recursive: true });
  await mkdir(place.logs, { recursive: true });
  const open = steps.filter(({ name }) => !isFinished(place, name));
  if (open.length === 0) return console.log("Set up before.");
  if (open.some(({ name }) => name === space.until)) await requireSpace(place, space.bytes);
  for (const [index, step] of steps.entries()) {
    const number = `${index + 1}/${steps.length}`;
    if (!open.includes(step)) {
      console.log(`[${number}] ${step.says}: done before`);
      continue;
    }
    const start = performance.now();
    console.log(`[${number}] ${step.says} ...`);
    await step.run(place);
    await writeFile(join(place.finished, step.name), "");
    console.log(`[${number}] done in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  console.log(`Ready. Next: ${next}`);
}

/** Whether a step was finished. */
export function isFinished({ finished }: PythonPlace, step: string): boolean {
  return existsSync(join(finished, step));
}

async function requirePython(): Promise<void> {
  await outputOf("python3.11", ["--version"]).catch((cause: unknown) => {
    throw new Error(
      "python3.11 is not on the PATH. The wheels are tried here with Python 3.11 only: install it (a system package, pyenv or uv) and run this again.",
      { cause },
    );
  });
}

async function requireSpace({ home }: PythonPlace, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new Error(
    `${home} has ${(free / 1e9).toFixed(1)} GB free, the setup needs ${bytes / 1e9} GB. Free some, or point XDG_CACHE_HOME at a larger disk.`,
  );
}
