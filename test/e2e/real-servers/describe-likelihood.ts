import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { always, GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../../src/local/index.js";
import type { PointServers } from "./describe-points.js";
import type { Problem } from "./problems.js";
import { type Reply, recordOf } from "./reply-digest.js";
import { report } from "./report.js";
import { runChains } from "./run-chains.js";

const SOME = 8;
const AT_ONCE = 4;

/** As for H_init: engines compute with other weights and kernels. */
const TOLERANCE = 1e-2;

/** Nothing is rejected: what large says of small's steps is looked at. */
const LOOKED_AT: Partial<GlimpRouterFields> = {
  policy: always("small"),
  verify: { by: "likelihood", threshold: 1e6 },
};

/** Likelihood on two real servers: large's values are those of the in-process engine, and rule 21. */
export function describeLikelihood(title: string, servers: PointServers): void {
  const some = (): readonly Problem[] => servers.problems().slice(0, SOME);

  describe(`${title}: verify by likelihood`, () => {
    let pair: EmbeddedPair;
    beforeAll(async () => {
      pair = await embeddedPair();
    });
    afterAll(() => pair?.dispose());

    it("large's mean -log p of every step is that of the in-process engine", async () => {
      const { small, large } = pair;
      const inProcess = new GlimpRouterChatModel({ small, large, ...LOOKED_AT });
      const expected = valuesOf(await runChains(inProcess, some()));
      const replies = await runChains(servers.router(LOOKED_AT), some(), AT_ONCE);
      const values = valuesOf(replies);
      expect(values).toHaveLength(expected.length);
      const differences = values.map((value, index) => Math.abs(value - (expected[index] ?? 0)));
      const { verify } = recordOf(replies[0] as Reply).usage;
      report(`${title}, likelihood`, {
        steps: values.length,
        "highest value": Math.max(...values).toFixed(2),
        "largest difference in value": Math.max(...differences).toExponential(1),
        "usage of the first reply": JSON.stringify(verify),
      });
      expect(Math.max(...differences)).toBeLessThanOrEqual(TOLERANCE);
      // Small's wrong digits are what large would hardly have written.
      expect(Math.max(...values)).toBeGreaterThan(0.5);
    });

    it.each([0, 0.01, 1e6])(
      "one model in both roles, threshold %d: the unrouted text",
      async (threshold) => {
        const alone = servers.smallAlone();
        const ask = (fields: Partial<GlimpRouterFields>) =>
          runChains(servers.router({ ...alone, ...fields }), some(), AT_ONCE);
        const unrouted = await ask({ policy: always("small"), answerBy: "small" });
        const verified = await ask({
          policy: always("small"),
          verify: { by: "likelihood", threshold },
        });
        expect(verified.map(textOf)).toEqual(unrouted.map(textOf));
        const records = verified.map(recordOf);
        for (const { requests, steps } of records) {
          const { small, large, verify = 0 } = requests;
          expect(small + large).toBeLessThanOrEqual(2 * (large - 1) + 2);
          expect(verify).toBe(steps.filter(({ verified: each }) => each !== undefined).length);
          expect(steps.flatMap(({ verified: each }) => each?.failed ?? [])).toEqual([]);
        }
        expect(records.some(({ requests }) => (requests.verify ?? 0) > 0)).toBe(true);
      },
    );
  });
}

function textOf({ text, additional_kwargs }: Reply): readonly unknown[] {
  return [additional_kwargs.reasoning_content, text];
}

function valuesOf(replies: readonly Reply[]): readonly number[] {
  return replies.flatMap((reply) =>
    recordOf(reply).steps.flatMap(({ verified }) =>
      verified === undefined ? [] : [verified.value ?? Number.NaN],
    ),
  );
}
