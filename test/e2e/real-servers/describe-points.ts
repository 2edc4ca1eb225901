import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  above,
  always,
  and,
  digits,
  everyToken,
  GlimpRouterChatModel,
  type GlimpRouterFields,
  maxHandoffs,
  once,
  type RoutePolicy,
  random,
  span,
  targetRate,
} from "../../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../../src/local/index.js";
import { tapePoints } from "../../local/tape-points.js";
import { largestDifference, pointDigest } from "./point-digest.js";
import type { Problem } from "./problems.js";
import { type Reply, recordOf } from "./reply-digest.js";
import { report } from "./report.js";
import { runChains } from "./run-chains.js";

/** Two servers, as far as points are tried on them. */
export interface PointServers {
  /** Routers over small and large. */
  readonly router: (fields?: Partial<GlimpRouterFields>) => GlimpRouterChatModel;
  /** Small's server in both roles. */
  readonly smallAlone: () => Pick<GlimpRouterFields, "small" | "large">;
  readonly problems: () => readonly Problem[];
}

/** Problems under each point: the thresholds were chosen on these. Rule 21 needs no comparison. */
const SOME = { compared: 12, alone: 8 };
const AT_ONCE = 8;

/** As for H_init: engines compute with other weights and kernels. */
const TOLERANCE = 1e-2;

const POINTS = tapePoints();

const numbers = span({ after: ",", of: "number" });

/** Beside the points' own thresholds. */
const POLICIES: Readonly<Record<string, () => Partial<GlimpRouterFields>>> = {
  "chance at every number": () => ({ glimpseAt: numbers, policy: random(0.3, 7) }),
  "chance at every token": () => ({ glimpseAt: everyToken({ turn: 2 }), policy: random(0.2, 7) }),
  "once, at a digit": () => ({ glimpseAt: digits(), policy: once(above(1)) }),
  "two hand-offs at most": () => ({
    glimpseAt: everyToken({ turn: 3 }),
    policy: and(above(1e-3), maxHandoffs(2, { cooldown: 1 })),
  }),
  "a rate that is kept": () => ({
    glimpseAt: numbers,
    policy: targetRate(0.3, { start: 1e-3, gain: 1e-3 }),
  }),
};

/** All kinds of points on two real servers: as in this process, and rule 21. */
export function describePoints(title: string, servers: PointServers): void {
  describe(`${title}: parts, values and text of the in-process engine`, () =>
    compare(title, servers));
  describe(`${title}: one model in both roles gives the unrouted text`, () => tryAlone(servers));
}

function compare(title: string, { router, problems }: PointServers): void {
  const some = () => problems().slice(0, SOME.compared);
  let pair: EmbeddedPair;
  beforeAll(async () => {
    pair = await embeddedPair();
  });
  afterAll(() => pair?.dispose());

  it.each(POINTS.map(({ point }, index) => [point.name, index] as const))(
    "%s",
    async (name, index) => {
      const { small, large } = pair;
      const { margin, policy } = nearest(index);
      const glimpseAt = POINTS[index]?.point;
      const inProcess = new GlimpRouterChatModel({ small, large, glimpseAt, policy });
      const expected = await runChains(inProcess, some());
      // So far from every threshold that no engine's rounding decides.
      expect(margin()).toBeGreaterThan(2 * TOLERANCE);
      const decided = { glimpseAt, policy: POINTS[index]?.policy };
      const received = await runChains(router(decided), some(), AT_ONCE);
      expect(received.map(pointDigest)).toEqual(expected.map(pointDigest));
      const difference = largestDifference(expected, received);
      report(`${title}, ${name}`, {
        replies: received.length,
        "turns of large": received.map(turnsOf).reduce((sum, each) => sum + each, 0),
        "largest difference in value": difference.toExponential(1),
      });
      expect(difference).toBeLessThanOrEqual(TOLERANCE);
    },
  );
}

function tryAlone({ router, smallAlone, problems }: PointServers): void {
  const some = () => problems().slice(0, SOME.alone);
  const ask = (fields: Partial<GlimpRouterFields>) =>
    runChains(router({ ...smallAlone(), ...fields }), some(), AT_ONCE);
  const texts = (replies: readonly Reply[]) =>
    replies.map(pointDigest).map(({ thought, answer }) => [thought, answer]);
  let unrouted: readonly Reply[];
  beforeAll(async () => {
    unrouted = await ask({ policy: always("small"), answerBy: "small" });
    expect(unrouted.map((reply) => recordOf(reply).requests)).toEqual(
      unrouted.map(() => ({ small: 2, large: 0 })),
    );
  });

  it.each([
    ...POINTS.map(
      ({ point, policy }) => [point.name, () => ({ glimpseAt: point, policy })] as const,
    ),
    ...Object.entries(POLICIES),
  ])("%s", async (_name, fields) => {
    const replies = await ask(fields());
    expect(texts(replies)).toEqual(texts(unrouted));
    for (const reply of replies) {
      const { small, large } = recordOf(reply).requests;
      expect(small + large).toBeLessThanOrEqual(2 * turnsOf(reply) + 2);
    }
    // Fewer problems may have no place at which it hands over.
    if (replies.length === SOME.alone) expect(replies.some(turnsOf)).toBe(true);
  });
}

/** How often large was asked for a part: the answer is a request of its own. */
function turnsOf(reply: Reply): number {
  return recordOf(reply).requests.large - 1;
}

/** The policy of a point that notes how near a value comes to its threshold. */
function nearest(index: number) {
  let margin = Number.POSITIVE_INFINITY;
  const noted = (tau: number): RoutePolicy => {
    const decide = above(tau);
    return (glimpse, context) => {
      margin = Math.min(margin, Math.abs(glimpse.value - tau));
      return decide(glimpse, context);
    };
  };
  return { policy: tapePoints(noted)[index]?.policy, margin: () => margin };
}
