import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface StartProcessOptions {
  /** What it is, for messages. */
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it will listen, on 127.0.0.1. */
  readonly port: number;
  /** Path that answers once it is up. */
  readonly health: string;
  /** Is this reply that of a server which is up? Any 2xx by default. */
  readonly isUp?: (reply: Response) => boolean | Promise<boolean>;
  /** File for its output. */
  readonly log: string;
}

/** A program that listens. */
export interface RunningProcess {
  /** Leader of a process group of its own: a server may be several processes. */
  readonly pid: number;
  readonly port: number;
  readonly log: string;
  readonly rootURL: string;
  stop(): Promise<void>;
}

/** Nearly all of a start is Python imports, which a busy machine and a cold disk stretch. */
const START_LIMIT_MS = 600_000;
const POLL_MS = 500;

/** Starts a program that listens, and waits until it is up. */
export async function startProcess(options: StartProcessOptions): Promise<RunningProcess> {
  const { port, log } = options;
  if (await isTaken(port)) {
    throw new Error(`Port ${port} is taken. A server of an earlier start? Run the stop script.`);
  }
  const child = spawnDetached(options);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.program} cannot be run.`);
  const rootURL = `http://127.0.0.1:${port}`;
  const stop = () => stopServer(pid);
  try {
    await waitUntilUp(child, rootURL, options);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid, port, log, rootURL, stop };
}

function spawnDetached({ program, log, ...more }: StartProcessOptions): ChildProcess {
  const output = openSync(log, "w");
  const child = spawn(program, more.arguments, {
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
  rootURL: string,
  { title, health, log, isUp = ({ ok }) => ok }: StartProcessOptions,
): Promise<void> {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await sleep(POLL_MS)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${title} died while starting. ${await endOf(log)}`);
    }
    const reply = await fetch(`${rootURL}${health}`).catch(() => null);
    if (reply !== null && (await isUp(reply))) return;
  }
  const minutes = START_LIMIT_MS / 60_000;
  throw new Error(`${title} was not up after ${minutes} minutes. ${await endOf(log)}`);
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
