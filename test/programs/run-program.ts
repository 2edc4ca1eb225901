import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BUNDLED_CLI, bundled } from "./bundle.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a process of its own, without a terminal and without colours. */
export function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ProgramRun> {
  return runNode([BUNDLED_CLI, ...args], { NO_COLOR: "1", ...env });
}

/** Runs an example or a program of the tests by its name, such as "examples/embedded", from its bundle. */
export function runProgram(
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<ProgramRun> {
  return runNode([bundled(name), ...args], env);
}

/** Runs a TypeScript file of the repository as `npx tsx FILE` does. */
export function runTypeScript(file: string): Promise<ProgramRun> {
  return runNode(["--import", "tsx", file], {});
}

function runNode(args: readonly string[], env: Record<string, string>): Promise<ProgramRun> {
  const { FORCE_COLOR: _color, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...inherited, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...output }));
  });
}
