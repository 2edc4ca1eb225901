import { spawn } from "node:child_process";

/** Runs a program with its output on this terminal. Rejects with the command line when it fails. */
export function runCommand(
  program: string,
  args: readonly string[],
  cwd: string,
  env = process.env,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", (cause) => reject(new Error(`${program} cannot be run.`, { cause })));
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`Exit code ${code} of: ${program} ${args.join(" ")}`)),
    );
  });
}

/** Runs a program and gives its standard output. Rejects with its standard error when it fails. */
export function outputOf(
  program: string,
  args: readonly string[],
  cwd?: string,
  env = process.env,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (data) => {
      output += String(data);
    });
    child.stderr.on("data", (data) => {
      errors += String(data);
    });
    child.once("error", (cause) => reject(new Error(`${program} cannot be run.`, { cause })));
    child.once("close", (code) =>
      code === 0
        ? resolve(output.trim())
        : reject(new Error(`Exit code ${code} of: ${program} ${args.join(" ")}\n${errors}`)),
    );
  });
}
