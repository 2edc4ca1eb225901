import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { BUNDLED_CLI } from "../programs/bundle.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** `glimprouter serve` in a process of its own, which ends with the test. */
export async function startServe(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [BUNDLED_CLI, "serve", "--port", "0", ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const out = { text: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out.text += text;
  });
  const said = async (what: RegExp) => {
    while (!what.test(out.text)) await once(child.stdout, "data");
    return what.exec(out.text) as RegExpExecArray;
  };
  const [, address = ""] = await said(/(http:\S+)\/v1\n/);
  return { child, out, said, address };
}
