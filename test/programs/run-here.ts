import { vi } from "vitest";
import type { ProgramRun } from "./run-program.js";

let before: Promise<unknown> = Promise.resolve();

/**
 * The command line in this process, without colours (vitest.config.ts): a process of its own takes a second to start and to load the local
 * engine. One at a time. What a terminal, a signal or the bundle changes needs `runCli`.
 */
export function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramRun> {
  const run = before.then(() => runAlone(args, env));
  before = run.catch(() => undefined);
  return run;
}

async function runAlone(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ProgramRun> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const { runCommand } = await import("../../src/cli/commands.js");
  const output = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      output[name] += String(text);
      return true;
    }),
  );
  try {
    const failed = await runCommand(args);
    return { code: failed ?? Number(process.exitCode ?? 0), ...output };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
