import type { Bench } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { judgedInProcess } from "./in-process.js";
import { breakEven, fastest, type JudgedCost, ratioOf, servedRatioOf } from "./judged-cost.js";
import { judgedOverHttp } from "./over-http.js";

const MOST_BY_SCORE = 0.1;
const MOST_BY_LIKELIHOOD = 0.15;
/** The contexts of the promise, in tokens. */
const PROMISED = [500, 4000, 16_000];

/** What another opinion on a step costs, against large's writing of it. */
export const verification: Bench = {
  name: "verification",
  about: "a step's judgement by large against its writing, at growing contexts, prefixes cached",
  async run() {
    const http = await judgedOverHttp();
    const local = await judgedInProcess();
    const of = (name: string) => http.filter((each) => each.name === name);
    const even = breakEven(of("likelihood, vLLM"));
    return {
      tables: [
        table("Over HTTP: 0.2 ms a token read, 25 ms a token written, blocks of 16 cached", http),
        table("In this process, CPU: the embedded pair's large model", [local]),
      ],
      targets: [
        dearest("score", [...of("score, vLLM"), ...of("score, SGLang")], MOST_BY_SCORE),
        dearest("likelihood, SGLang", of("likelihood, SGLang"), MOST_BY_LIKELIHOOD),
        {
          what: "likelihood, in process, by CPU: judged / written",
          target: `<= ${MOST_BY_LIKELIHOOD}`,
          measured: ratioOf(local).toFixed(2),
          met: ratioOf(local) <= MOST_BY_LIKELIHOOD,
        },
        {
          what: "likelihood, vLLM: tokens at which it costs what writing does",
          target: "told",
          measured: even === null ? "none" : even.toFixed(0),
          met: true,
        },
      ],
    };
  },
};

function table(title: string, costs: readonly JudgedCost[]): BenchTable {
  return {
    title: `${title}; a step of 30 tokens, the fastest of its rounds`,
    columns: [
      "",
      "tokens before it",
      "judged, ms",
      "written, ms",
      "judged / written",
      "of the server's own time",
    ],
    rows: costs.map((cost) => {
      const { judged, written } = fastest(cost);
      return [
        `\`${cost.name}\``,
        String(cost.context),
        judged.ms.toFixed(1),
        written.ms.toFixed(0),
        ratioOf(cost).toFixed(2),
        judged.servedMs === null ? "" : servedRatioOf(cost).toFixed(3),
      ];
    }),
  };
}

function dearest(what: string, costs: readonly JudgedCost[], most: number): Target {
  const promised = costs.filter(({ context }) => PROMISED.includes(context));
  const measured = Math.max(...promised.map(ratioOf));
  return {
    what: `${what}: judged / written, the dearest of 500, 4,000 and 16,000 tokens`,
    target: `<= ${most.toFixed(2)}`,
    measured: measured.toFixed(2),
    met: measured <= most,
  };
}
