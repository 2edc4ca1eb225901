import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { exportModel, type Role } from "../python-server/serve-pair.js";
import { isFinished } from "../python-server/set-up.js";
import { startServer } from "../python-server/start-server.js";
import {
  type SpeculatingKind,
  type Speculator,
  startAll,
} from "../speculation/speculating-servers.js";
import { VLLM_VERSION } from "./install-place.js";
import { vllmServer } from "./vllm-server.js";

/** Not those of scripts/vllm/start.ts, nor of the tests, whose servers may be running. */
const FIRST_PORT = 8141;
/** Later arguments win: the pair in words has longer replies than the tapes, and more of them at once. */
const ROOM = ["--max-model-len", "1024", "--max-num-seqs", "32"];

/** vLLM with the CPU build, and large's three ways to write. */
export const speculatingVllmServers: SpeculatingKind = {
  title: "vLLM",
  setup: "npx tsx scripts/vllm/setup.ts",
  isSetUp: () => isFinished(vllmServer().place, vllmServer().lastStep),
  async serve() {
    const kind = vllmServer();
    const { place, title } = kind;
    await mkdir(place.logs, { recursive: true });
    const folders = {
      small: await exportModel(place, "small", "words"),
      large: await exportModel(place, "large", "words"),
    };
    const told: string[] = [];
    let port = FIRST_PORT;
    const started = await startAll(async (role: Role, speculator) => {
      const command = kind.command(folders[role]);
      const config = configOf(speculator, folders.small);
      if (config !== null) told.push(JSON.stringify(config).replace(folders.small, "words-small"));
      return await startServer({
        ...command,
        title,
        arguments: [...command.arguments, ...ROOM, ...argumentsOf(config)],
        name: role,
        port: port++,
        log: join(place.logs, `speculating-${role}-${speculator}.log`),
      });
    });
    return { ...started, title: `vLLM ${VLLM_VERSION}, CPU`, told };
  },
};

function configOf(speculator: Speculator, draft: string): Readonly<Record<string, unknown>> | null {
  if (speculator === "none") return null;
  if (speculator === "draft")
    return { method: "draft_model", model: draft, num_speculative_tokens: 3 };
  return { method: "ngram", num_speculative_tokens: 5, prompt_lookup_max: 4, prompt_lookup_min: 3 };
}

/** vLLM refuses to tell of what it does not do. */
function argumentsOf(config: Readonly<Record<string, unknown>> | null): readonly string[] {
  if (config === null) return [];
  return [
    ...["--speculative-config", JSON.stringify(config)],
    ...["--per-request-spec-decode-metrics", "summary"],
  ];
}
