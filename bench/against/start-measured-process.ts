import { type ChildProcess, fork } from "node:child_process";
import type { Measured, MeasureOrder, ProcessNote } from "./process-notes.js";

/** A process that measures one tree. */
export interface MeasuredProcess {
  measure(order: MeasureOrder): Promise<Measured>;
  close(): void;
}

/**
 * @param script - measured-process.ts, built
 * @param args - the tree's built entry, the bench's name, the bench server's base URL
 */
export async function startMeasuredProcess(
  script: string,
  args: readonly string[],
): Promise<MeasuredProcess> {
  // Built: it needs nothing of what runs TypeScript here.
  const child = fork(script, args, { execArgv: [] });
  await nextNote(child, "ready");
  return {
    measure(order) {
      child.send(order);
      return nextNote(child, "measured");
    },
    close: () => child.disconnect(),
  };
}

function nextNote<Type extends ProcessNote["type"]>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<ProcessNote, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`A measured process ended (${code}) where ${type} was due.`));
    child.once("exit", onExit);
    child.once("message", (note: ProcessNote) => {
      child.off("exit", onExit);
      resolve(note as Extract<ProcessNote, { type: Type }>);
    });
  });
}
