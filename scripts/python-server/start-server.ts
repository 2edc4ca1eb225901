import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface StartServerOptions {
  /** What kind of server it is, for messages. */
  readonly title: string;
  /** The server's command. */
  readonly program: string;
  /** Its arguments without the ones below. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What requests call the model. */
  readonly name: string;
  readonly port: number;
  /** File for the server's output. */
  readonly log: string;
}

/** A running server. */
export interface PythonServer {
  readonly name: string;
  readonly port: number;
  /** Leader of a process group of its own: a server is three processes. */
  readonly pid: number;
  readonly log: string;
  /** For `ChatOpenAI`. */
  readonly baseURL: string;
  /** `/metrics`, `/health` and `/tokenize` live there. */
  readonly rootURL: string;
  stop(): Promise<void>;
}

/** Nearly all of a start is Python imports, which a busy machine and a cold disk stretch. */
const START_LIMIT_MS = 600_000;
const POLL_MS = 500;

/** Starts one server and waits for its first reply. */
export async function startServer(options: StartServerOptions): Promise<PythonServer> {
  const { title, name, port, log } = options;
  if (await isTaken(port)) {
    throw new Error(`Port ${port} is taken. A server of an earlier start? Run the stop script.`);
  }
  const child = spawnServer(options);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.program} cannot be run.`);
  const rootURL = `http://127.0.0.1:${port}`;
  const stop = () => stopServer(pid);
  try {
    await waitUntilUp(child, title, rootURL, log);
    await warmUp(title, rootURL, name);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, port, pid, log, rootURL, baseURL: `${rootURL}/v1`, stop };
}

function spawnServer({ program, name, port, log, ...more }: StartServerOptions): ChildProcess {
  const output = openSync(log, "w");
  const where = ["--served-model-name", name, "--host", "127.0.0.1", "--port", `${port}`];
  const child = spawn(program, [...more.arguments, ...where], {
    env: { ...process.env, ...more.environment },
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  child.once("error", () => {}); // No pid says the same.
  child.unref();
  return child;
}

async function waitUntilUp(
  child: ChildProcess,
  title: string,
  rootURL: string,
  log: string,
): Promise<void> {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await sleep(POLL_MS)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${title} died while starting. ${await endOf(log)}`);
    }
    const reply = await fetch(`${rootURL}/health`).catch(() => null);
    if (reply?.ok) return;
  }
  const minutes = START_LIMIT_MS / 60_000;
  throw new Error(`${title} was not up after ${minutes} minutes. ${await endOf(log)}`);
}

/** The first request with log-probabilities compiles a kernel: 2 to 10 s that no test should see. */
async function warmUp(title: string, rootURL: string, model: string): Promise<void> {
  const reply = await fetch(`${rootURL}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, prompt: "1", max_tokens: 2, logprobs: 20 }),
  });
  // A server with a key of its own says so, and is up.
  if (reply.ok || reply.status === 401) return;
  throw new Error(`${title}'s first reply is ${reply.status}: ${await reply.text()}`);
}

async function endOf(log: string): Promise<string> {
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n");
  return `The end of ${log}:\n${lines.slice(-20).join("\n")}`;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const settle = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/** Ends a server with its helpers: asks first, insists after 20 s. Done already is fine. */
export async function stopServer(pid: number): Promise<void> {
  if (!signalGroup(pid, "SIGTERM")) return;
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, "SIGKILL");
}

/** @returns false where nothing of the group is left */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
