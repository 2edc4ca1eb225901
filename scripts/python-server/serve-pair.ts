import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "../run-command.js";
import type { PythonPlace } from "./python-place.js";
import { isFinished } from "./set-up.js";
import { type PythonServer, type StartServerOptions, startServer } from "./start-server.js";

export type Role = "small" | "large";

export interface ServePairOptions {
  readonly ports?: Readonly<Record<Role, number>>;
  /** More arguments of the server's command, for both servers. */
  readonly arguments?: readonly string[];
  /** More environment variables, for both servers. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears what is going on. */
  readonly say?: (line: string) => void;
}

/** Two running servers. */
export interface ServerPair extends Readonly<Record<Role, PythonServer>> {
  stop(): Promise<void>;
}

/** One kind of server, as far as starting it goes. */
export interface ServerKind {
  readonly title: string;
  readonly place: PythonPlace;
  /** The last step of its setup. */
  readonly lastStep: string;
  readonly setup: string;
  readonly ports: Readonly<Record<Role, number>>;
  /** How the folder of a model is served. */
  command(model: string): Pick<StartServerOptions, "program" | "arguments" | "environment">;
}

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Starts the embedded pair on two servers and waits until both have answered a first request. A start takes
 * about a minute on two free cores, several on busy ones.
 *
 * @throws Error where the server is not set up, a port is taken, or a server dies (with the end of its log)
 */
export async function servePair(
  kind: ServerKind,
  options: ServePairOptions = {},
): Promise<ServerPair> {
  const { title, place } = kind;
  const { ports = kind.ports, say = () => {} } = options;
  if (!isFinished(place, kind.lastStep)) {
    throw new Error(`${title} is not set up. Run: npx tsx ${kind.setup}`);
  }
  const start = async (role: Role): Promise<PythonServer> => {
    const command = kind.command(await exportModel(place, role));
    return startServer({
      title,
      program: command.program,
      arguments: [...command.arguments, ...(options.arguments ?? [])],
      environment: { ...command.environment, ...options.environment },
      name: role,
      port: ports[role],
      log: join(place.logs, `${role}.log`),
    });
  };
  await mkdir(place.logs, { recursive: true });
  say(`Starting small on port ${ports.small}, large on port ${ports.large} ...`);
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
  say("Both are up.");
  return { small, large, stop };
}

/**
 * The model as the folder that is loaded; made anew each time, since the GGUF files may have changed.
 *
 * @param files - what the files' names begin with: `"glimp"` or `"words"`
 */
export async function exportModel(
  place: PythonPlace,
  role: Role,
  files: "glimp" | "words" = "glimp",
): Promise<string> {
  const folder = join(place.home, "models", files === "glimp" ? role : `${files}-${role}`);
  const gguf = join(REPOSITORY, "models", `${files}-${role}.gguf`);
  await outputOf(place.python, [join(REPOSITORY, "models", "to_hf.py"), gguf, folder]);
  return folder;
}
