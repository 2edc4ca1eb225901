import type { Bench } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { type PointInProcess, pointsInProcess } from "./in-process.js";
import { type PointOverHttp, pointsOverHttp } from "./over-http.js";
import type { ComparedCost } from "./ratios-to.js";

const MOST_OVER_HTTP = 1.1;
const MOST_IN_PROCESS = 1.25;
const MOST_WASTED = 3;

/** What every kind of point costs, against the paper's. */
export const points: Bench = {
  name: "points",
  about:
    "CPU a token of every kind of point against stepStart, over HTTP and in process; requests, waste",
  async run() {
    const http = await pointsOverHttp();
    const local = await pointsInProcess();
    const most = Math.max(...http.map(({ handOvers }) => handOvers.wasted));
    return {
      tables: [costTable(http, local), handOverTable(http)],
      targets: [
        dearest("over HTTP", http, MOST_OVER_HTTP),
        dearest("in process", local, MOST_IN_PROCESS),
        {
          what: "replies with more than 2n + 2 requests, points that have one",
          target: "0",
          measured: String(http.filter(({ handOvers }) => !handOvers.within).length),
          met: http.every(({ handOvers }) => handOvers.within),
        },
        {
          what: "tokens wasted behind the deciding one, a stream, at the point with most",
          target: `<= ${MOST_WASTED}`,
          measured: most.toFixed(2),
          met: most <= MOST_WASTED,
        },
      ],
    };
  },
};

function costTable(http: readonly PointOverHttp[], local: readonly PointInProcess[]): BenchTable {
  return {
    title: "CPU us a token where small writes all, and against stepStart (95 %)",
    columns: ["", "over HTTP", "/ stepStart", "in process", "/ stepStart"],
    rows: http.map((each, index) => [
      `\`${each.name}\``,
      each.cost.toFixed(0),
      shown(each),
      local[index]?.cost.toFixed(0) ?? "",
      shown(local[index]),
    ]),
  };
}

function shown(cost: ComparedCost | undefined): string {
  if (cost === undefined || cost.ratio === null) return "1";
  const { ratio, low, high } = cost.ratio;
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function handOverTable(http: readonly PointOverHttp[]): BenchTable {
  return {
    title: "Over HTTP, hand-overs by chance at the point's own places; 4 replies of 10 steps",
    columns: [
      "",
      "hand-overs",
      "requests a reply",
      "2n + 2",
      "tokens generated a reply",
      "thrown away, a hand-over",
      "wasted behind the deciding token, a stream",
    ],
    rows: http.map(({ name, handOvers }) => [
      `\`${name}\``,
      String(handOvers.handOvers),
      handOvers.requests.toFixed(2),
      handOvers.allowed.toFixed(2),
      handOvers.generated.toFixed(0),
      handOvers.discarded.toFixed(1),
      handOvers.wasted.toFixed(2),
    ]),
  };
}

function dearest(where: string, costs: readonly PointInProcess[], most: number): Target {
  const ratio = ({ ratio }: ComparedCost) => ratio?.ratio ?? 1;
  const worst = costs.reduce((a, b) => (ratio(b) > ratio(a) ? b : a));
  return {
    what: `CPU a token ${where} / stepStart's, the dearest point (${worst.name})`,
    target: `<= ${most}`,
    measured: ratio(worst).toFixed(2),
    met: ratio(worst) <= most,
  };
}
