import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type {
  BenchServerOptions,
  ServedRequest,
  ServerNote,
  ServerOrder,
} from "./bench-server-options.js";

export interface BenchServer {
  readonly baseURL: string;
  /** Changes how it writes, for the requests from now on. */
  configure(options: BenchServerOptions): Promise<void>;
  /** The generation requests that ended since the last report. */
  report(): Promise<readonly ServedRequest[]>;
  close(): void;
}

/** Starts the bench server in a process of its own: in this one, its CPU time would count as the client's. */
export async function startBenchServer(options: BenchServerOptions): Promise<BenchServer> {
  const child = fork(fileURLToPath(new URL("bench-server.ts", import.meta.url)));
  const { port } = await nextNote(child, "listening");
  const configure = async (changed: BenchServerOptions): Promise<void> => {
    order(child, { type: "configure", options: changed });
    await nextNote(child, "configured");
  };
  await configure(options);
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    configure,
    report: async () => {
      order(child, { type: "report" });
      return (await nextNote(child, "report")).requests;
    },
    close: () => child.disconnect(),
  };
}

function order(child: ChildProcess, what: ServerOrder): void {
  child.send(what);
}

function nextNote<Type extends ServerNote["type"]>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<ServerNote, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The bench server ended: ${code}.`));
    child.once("exit", onExit);
    const onMessage = (note: ServerNote) => {
      if (note.type !== type) return;
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(note as Extract<ServerNote, { type: Type }>);
    };
    child.on("message", onMessage);
  });
}
