import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { builtServer } from "./server-binary.js";

export interface StartServerOptions {
  /** A GGUF file. */
  readonly model: string;
  /** More arguments of `llama-server`; they stand last, so they win. */
  readonly arguments?: readonly string[];
}

/** A running `llama-server`. */
export interface LlamaServer {
  /** For `ChatOpenAI`. */
  readonly baseURL: string;
  /** `/props`, `/slots` and `/metrics` live there. */
  readonly rootURL: string;
  stop(): Promise<void>;
}

/** A tiny model is loaded within 70 ms; a busy machine takes its time. */
const START_LIMIT_MS = 60_000;
const POLL_MS = 10;
const LOG_LENGTH = 4000;

/**
 * Starts a server on a free port and waits until it is ready.
 *
 * @throws Error where it was not built, or dies (with the end of its log)
 */
export async function startServer(options: StartServerOptions): Promise<LlamaServer> {
  const binary = builtServer();
  if (binary === null)
    throw new Error("There is no llama-server: npm run test:llamacpp builds it.");
  const port = await freePort();
  const child = spawn(
    binary,
    [
      ...["-m", options.model, "--host", "127.0.0.1", "--port", `${port}`],
      ...["-t", "1", "-np", "1", "-c", "512", "--no-warmup", "--offline", "--metrics", "--slots"],
      ...(options.arguments ?? []),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const log = keepLog(child);
  const stop = () => stopServer(child);
  // Whatever ends this process: no server stays behind.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  const rootURL = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(child, rootURL, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { rootURL, baseURL: `${rootURL}/v1`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

/** @returns the end of what the server has said so far */
function keepLog(child: ChildProcess): () => string {
  let log = "";
  const keep = (data: unknown) => {
    log = (log + String(data)).slice(-LOG_LENGTH);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.once("error", (error) => keep(error.message));
  return () => log;
}

async function waitUntilReady(
  child: ChildProcess,
  rootURL: string,
  log: () => string,
): Promise<void> {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await sleep(POLL_MS)) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Error(`llama-server died while starting:\n${log()}`);
    }
    const reply = await fetch(`${rootURL}/health`).catch(() => null);
    if (reply?.ok) return;
  }
  throw new Error(`llama-server was not ready after ${START_LIMIT_MS / 1000} s:\n${log()}`);
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
