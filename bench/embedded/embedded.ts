import type { RoutingRecord } from "../../src/index.js";
import { GlimpRouterChatModel } from "../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import type { Bench, BenchResult } from "../bench.js";
import { median, sum } from "../statistics.js";
import { heldOutProblems, type Problem } from "./held-out-problems.js";

const PROBLEMS = 100;
const WARM_UPS = 5;
/** Several times what a problem needs: a model that does not come to an end shall not hold up the bench. */
const MAX_THOUGHT_TOKENS = 400;

/** One problem, solved in one way. */
interface Solved {
  readonly text: string;
  readonly right: boolean;
  readonly ms: number;
  readonly record: RoutingRecord;
}

/** The fused glimpse against probes on two real models in this process. */
export const embedded: Bench = {
  name: "embedded",
  about: "fused against probe on the embedded pair: requests, tokens generated, wall time",
  async run() {
    const problems = await heldOutProblems(PROBLEMS);
    const pair = await embeddedPair();
    try {
      return resultOf(problems, await solveAll(pair, problems));
    } finally {
      await pair.dispose();
    }
  },
};

type BothWays = Readonly<Record<"fused" | "probe", Solved>>;

async function solveAll(
  { small, large, threshold }: EmbeddedPair,
  problems: readonly Problem[],
): Promise<readonly BothWays[]> {
  const options = { small, large, threshold, maxThoughtTokens: MAX_THOUGHT_TOKENS };
  const fused = new GlimpRouterChatModel(options);
  const probe = new GlimpRouterChatModel({ ...options, glimpse: "probe" });
  for (const problem of problems.slice(0, WARM_UPS)) {
    await solve(fused, problem);
    await solve(probe, problem);
  }
  const solved: BothWays[] = [];
  for (const [index, problem] of problems.entries()) {
    // Whoever comes second finds the prompt in the models' caches: they take turns in that, too.
    if (index % 2 === 0) {
      const first = await solve(fused, problem);
      solved.push({ fused: first, probe: await solve(probe, problem) });
    } else {
      const first = await solve(probe, problem);
      solved.push({ fused: await solve(fused, problem), probe: first });
    }
  }
  return solved;
}

async function solve(router: GlimpRouterChatModel, { prompt, answer }: Problem): Promise<Solved> {
  const begin = performance.now();
  const message = await router.invoke(prompt);
  const ms = performance.now() - begin;
  const record = message.response_metadata.glimprouter as RoutingRecord;
  const thought = message.additional_kwargs.reasoning_content;
  return {
    text: `${thought}\n${message.text}`,
    right: message.text.includes(`\\boxed{${answer}}`),
    ms,
    record,
  };
}

function resultOf(problems: readonly Problem[], solved: readonly BothWays[]): BenchResult {
  const fused = solved.map((each) => each.fused);
  const probe = solved.map((each) => each.probe);
  const requests = sum(fused.map(requestsOf)) / sum(probe.map(requestsOf));
  const bound = sum(fused.map(mostRequests)) / sum(probe.map(requestsOfProbes));
  const time = median(solved.map((each) => each.fused.ms / each.probe.ms));
  const same = solved.filter((each) => each.fused.text === each.probe.text).length;
  const row = (name: string, replies: readonly Solved[]) => [
    name,
    `${replies.filter(({ right }) => right).length} of ${replies.length}`,
    (sum(replies.map(requestsOf)) / replies.length).toFixed(2),
    (sum(replies.map(tokensOf)) / replies.length).toFixed(1),
    median(replies.map(({ ms }) => ms)).toFixed(0),
  ];
  return {
    tables: [
      {
        title: `${problems.length} held-out problems, ${mean(fused, stepsOf)} steps each, ${mean(fused, stepsByLarge)} of them by large; one after the other`,
        columns: ["", "right", "requests a reply", "tokens generated", "ms a reply, median"],
        rows: [
          row("fused", fused),
          row("probe", probe),
          [
            "fused / probe",
            `${same} of ${solved.length} the same text`,
            requests.toFixed(3),
            (sum(fused.map(tokensOf)) / sum(probe.map(tokensOf))).toFixed(3),
            time.toFixed(3),
          ],
        ],
      },
    ],
    targets: [
      {
        what: "requests, fused / probe, against (2n + 2) / (2 x steps + 1)",
        target: `<= ${bound.toFixed(3)}`,
        measured: requests.toFixed(3),
        met: requests <= bound,
      },
    ],
  };
}

function mean(replies: readonly Solved[], of: (solved: Solved) => number): string {
  return (sum(replies.map(of)) / replies.length).toFixed(2);
}

const requestsOf = ({ record }: Solved) => record.requests.small + record.requests.large;
const tokensOf = ({ record: { usage } }: Solved) =>
  usage.small.output_tokens + usage.large.output_tokens;
const stepsOf = ({ record }: Solved) => record.steps.length;
const stepsByLarge = ({ record }: Solved) =>
  record.steps.filter(({ route }) => route === "large").length;
const mostRequests = (solved: Solved) => 2 * stepsByLarge(solved) + 2;
const requestsOfProbes = (solved: Solved) => 2 * stepsOf(solved) + 1;
