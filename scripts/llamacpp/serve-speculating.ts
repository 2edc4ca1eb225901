import { fileURLToPath } from "node:url";
import {
  type SpeculatingKind,
  type Speculator,
  startAll,
} from "../speculation/speculating-servers.js";
import { builtServer, serverBinary } from "./server-binary.js";
import { startServer } from "./start-server.js";

const SLOTS = 32;
/** What the pair in words was made for. */
const CONTEXT = 1024;

/** The draft model's name alone (`-md`) switches nothing on. The n-grams of the default (12) are longer than a step repeats. */
const SPECULATION: Readonly<Record<Speculator, readonly string[]>> = {
  none: [],
  draft: ["-md", file("small"), "--spec-type", "draft-simple", "--spec-draft-n-max", "3"],
  ngram: [
    ...["--spec-type", "ngram-simple"],
    ...["--spec-ngram-simple-size-n", "3", "--spec-ngram-simple-size-m", "5"],
  ],
};

function file(role: "small" | "large"): string {
  return fileURLToPath(new URL(`../../models/words-${role}.gguf`, import.meta.url));
}

/** llama-server, with large's three ways to write. */
export const speculatingLlamaServers: SpeculatingKind = {
  title: "llama-server",
  setup: "npx tsx scripts/llamacpp/build-server.ts",
  isSetUp: () => builtServer() !== null,
  async serve() {
    const started = await startAll(async (role, speculator) => {
      const room = ["-np", `${SLOTS}`, "-c", `${SLOTS * CONTEXT}`];
      const server = await startServer({
        model: file(role),
        arguments: [...room, ...SPECULATION[speculator]],
      });
      return { ...server, name: role };
    });
    const told = Object.values(SPECULATION).flatMap((args) =>
      args.length > 0 ? [show(args)] : [],
    );
    return { ...started, title: `llama-server ${serverBinary().tag}`, told };
  },
};

function show(args: readonly string[]): string {
  return args.join(" ").replace(file("small"), "words-small.gguf");
}
