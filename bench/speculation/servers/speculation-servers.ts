import { speculatingLlamaServers } from "../../../scripts/llamacpp/serve-speculating.js";
import type { SpeculatingKind } from "../../../scripts/speculation/speculating-servers.js";
import { speculatingVllmServers } from "../../../scripts/vllm/serve-speculating.js";
import type { Bench, BenchResult } from "../../bench.js";
import { type WordProblem, wordProblems } from "../word-models.js";
import { armsOver } from "./arms.js";
import { answerInRounds } from "./rounds.js";
import { armsTable, expectationTable, type Measured, textTargets } from "./tables.js";

const KINDS: readonly SpeculatingKind[] = [speculatingLlamaServers, speculatingVllmServers];
const AT_ONCE = [1, 8, 32];
/** An interval needs ten. */
const ROUNDS = 12;

/** RQ3: does routing compose with speculative decoding, and what is each worth under load? On real servers. */
export const speculationServers: Bench = {
  name: "speculation-servers",
  about: "large and routed, with and without a draft, on real servers: latency and throughput",
  isLong: true,
  page: "evaluation.md",
  async run({ rounds = ROUNDS }) {
    const kinds = KINDS.filter((kind) => kind.isSetUp());
    if (kinds.length === 0) {
      const ways = KINDS.map(({ title, setup }) => `${title}: ${setup}`).join("; ");
      throw new Error(`No server is set up here. ${ways}.`);
    }
    const problems = await wordProblems();
    const results: BenchResult[] = [];
    // One kind after the other: two would share the cores.
    for (const kind of kinds) results.push(await measureKind(kind, problems, rounds));
    return {
      tables: results.flatMap(({ tables }) => tables),
      targets: results.flatMap(({ targets }) => targets),
    };
  },
};

async function measureKind(
  kind: SpeculatingKind,
  problems: readonly WordProblem[],
  rounds: number,
): Promise<BenchResult> {
  const servers = await kind.serve();
  try {
    const arms = await armsOver(servers);
    // The last problems: those that are measured are new to the servers.
    for (const { prompt } of problems.slice(-2)) for (const arm of arms) await arm.answer(prompt);
    const title = `${servers.title} (${servers.told.join("; ")})`;
    const measured: Measured[] = [];
    for (const atOnce of AT_ONCE) {
      const done = await answerInRounds(arms, problems, { rounds, atOnce });
      measured.push({ title: atOnce === 1 ? title : servers.title, atOnce, rounds: done });
    }
    const single = { ...measured[0], title: servers.title } as Measured;
    return {
      tables: [
        ...measured.map((each) => armsTable(each, arms, problems)),
        expectationTable(single),
      ],
      targets: textTargets(single, arms),
    };
  } finally {
    await servers.stop();
  }
}
