import { vi } from "vitest";
import type { ProgramRun } from "./run-program.js";

/**
 * The command line in this process, which spares the half second that a process of its own takes to start: for what is
 * refused. Exit codes, signals and whole runs need `runCli`.
 */
export async function runHere(args: readonly string[]): Promise<ProgramRun> {
  vi.stubEnv("NO_COLOR", "1");
  // Not before: colours are chosen when it is loaded.
  const { runCommand } = await import("../../src/cli/commands.js");
  const output = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      output[name] += String(text);
      return true;
    }),
  );
  try {
    return { code: (await runCommand(args)) ?? 0, ...output };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
