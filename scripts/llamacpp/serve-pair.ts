import { fileURLToPath } from "node:url";
import { type LlamaServer, startServer } from "./start-server.js";

/** Two running servers with the embedded pair. */
export interface LlamaPair {
  readonly small: LlamaServer;
  readonly large: LlamaServer;
  stop(): Promise<void>;
}

/** The embedded model's file. */
export function modelFile(role: "small" | "large"): string {
  return fileURLToPath(new URL(`../../models/glimp-${role}.gguf`, import.meta.url));
}

/**
 * Starts the embedded pair on two servers.
 *
 * @param more - more arguments of `llama-server`, for both
 * @throws Error where llama-server was not built, or a server dies
 */
export async function servePair(...more: readonly string[]): Promise<LlamaPair> {
  const start = (role: "small" | "large") =>
    startServer({ model: modelFile(role), arguments: more });
  const started = await Promise.allSettled([start("small"), start("large")]);
  const servers = started.flatMap((result) =>
    result.status === "fulfilled" ? [result.value] : [],
  );
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const [small, large] = servers;
  if (small === undefined || large === undefined) {
    await stop();
    throw started.find((result) => result.status === "rejected")?.reason;
  }
  return { small, large, stop };
}
