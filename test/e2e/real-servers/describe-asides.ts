import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  always,
  answerEntropy,
  closeMargin,
  GlimpRouterChatModel,
  type GlimpRouterFields,
  type RoutingRecord,
  random,
  type StepToVerify,
  type VerifyOption,
} from "../../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../../src/local/index.js";
import type { PointServers } from "./describe-points.js";
import { digestOf, type Reply, recordOf } from "./reply-digest.js";
import { report } from "./report.js";
import { runChains } from "./run-chains.js";

/** Two servers, and whether they tell how likely a given text is. */
export interface AsideServers extends PointServers {
  readonly scores: boolean;
}

const PROBLEMS = 4;
const AT_ONCE = 4;

/** As for H_init: engines compute with other weights and kernels. */
const TOLERANCE = 1e-2;

/** Rejects by the text alone. */
function moody({ step }: StepToVerify): number {
  return step.length % 2;
}

const JUDGES: readonly (readonly [string, VerifyOption])[] = [
  ["score, nearly all rejected", { by: "score", threshold: 0 }],
  ["score, none rejected", { by: "score", threshold: 1 }],
  ["self", { by: "self", threshold: 0.5 }],
  ["a function", { by: moody, threshold: 0.5 }],
];
/** A model is hardly surprised by itself: above 0.5 nats nothing was. */
const LIKELIHOOD: VerifyOption = { by: "likelihood", threshold: 0.01 };

/** Small is only looked at; and the first chance is taken. */
const WATCHED = answerEntropy({ delta: Number.MIN_VALUE });
const AT_ONCE_CLOSED = answerEntropy({ delta: 100, warmUp: 2 });

/** Verification and early exit on two real servers, by one model in both roles: rule 21, and what is asked. */
export function describeAsides(title: string, servers: AsideServers): void {
  const { router, smallAlone, problems, scores } = servers;
  const some = () => problems().slice(0, PROBLEMS);
  const ask = (fields: Partial<GlimpRouterFields>) =>
    runChains(router({ ...smallAlone(), ...fields }), some(), AT_ONCE);
  let unrouted: readonly Reply[];
  beforeAll(async () => {
    unrouted = await ask({ policy: always("small"), answerBy: "small" });
  });

  const judges = scores ? [...JUDGES, ["likelihood", LIKELIHOOD] as const] : JUDGES;
  describe(`${title}: the unrouted text, whatever a judge says`, () => {
    const cases = judges.flatMap(([name, verify]) =>
      (["always", "doubtful"] as const).map((when) => [name, when, verify] as const),
    );
    it.each(cases)("%s, %s", async (name, when, verify) => {
      const policy = random(when === "always" ? 0.2 : 0.6, 7);
      const replies = await ask({ policy, verify: { ...verify, when } });
      expect(textsOf(replies)).toEqual(textsOf(unrouted));
      const judged = replies.map(recordOf).map(judgedSteps);
      expect(judged.flat().length).toBeGreaterThan(0);
      for (const reply of replies) expectCounted(recordOf(reply), typeof verify.by === "string");
      report(`${title}, verify by ${name}, ${when}`, {
        judged: judged.flat().length,
        rejected: judged.flat().filter((each) => each?.accepted === false).length,
        failed: judged.flat().filter((each) => each?.value === null).length,
      });
    });
  });

  describe(`${title}: closeWhen`, () => {
    let pair: EmbeddedPair;
    beforeAll(async () => {
      pair = await embeddedPair();
    });
    afterAll(() => pair?.dispose());

    it("answerEntropy that does not close: the unrouted text, and the entropies of the in-process engine", async () => {
      const replies = await ask({ policy: random(0.3, 7), closeWhen: WATCHED });
      expect(textsOf(replies)).toEqual(textsOf(unrouted));
      const { small } = pair;
      const routed = new GlimpRouterChatModel({ small, large: small, closeWhen: WATCHED });
      const watched = (await runChains(routed, some())).map((reply) => recordOf(reply).watched);
      let difference = 0;
      for (const [index, reply] of replies.entries()) {
        const { requests, usage, watched: seen = [], steps } = recordOf(reply);
        expect(requests.watch).toBe(steps.length - 1);
        expect(usage.watch?.output_tokens).toBe(steps.length - 1);
        expect(seen.map(({ step, failed }) => [step, failed])).toEqual(
          steps.slice(1).map(({ step }) => [step - 1, undefined]),
        );
        for (const [place, { entropy }] of seen.entries()) {
          const expected = watched[index]?.[place]?.entropy ?? Number.NaN;
          difference = Math.max(difference, Math.abs((entropy ?? Number.NaN) - expected));
        }
      }
      report(`${title}, answerEntropy`, { "largest difference": difference.toExponential(1) });
      expect(difference).toBeLessThanOrEqual(TOLERANCE);
    });

    it.each([
      ["answerEntropy", AT_ONCE_CLOSED],
      ["closeMargin", closeMargin(1000)],
    ] as const)("%s closes behind a step, and the thought is answered", async (name, closeWhen) => {
      const replies = await ask({ policy: random(0.3, 7), closeWhen });
      for (const [index, reply] of replies.entries()) {
        const { stopReason, steps, requests, answer } = recordOf(reply);
        const whole = digestOf(unrouted[index] as Reply).thought;
        const { thought, answer: text } = digestOf(reply);
        if (name === "answerEntropy") expect([stopReason, steps.length]).toEqual(["early-exit", 2]);
        expect(stopReason === "early-exit" || thought === whole).toBe(true);
        expect(thought === whole || whole.startsWith(`${thought}\n\n`)).toBe(true);
        expect(text).not.toBe("");
        expect(answer?.tokens).toBeGreaterThan(0);
        expect(requests.small + requests.large).toBeLessThanOrEqual(2 * (requests.large - 1) + 2);
      }
      const kept = replies.map((reply) => recordOf(reply).steps.length);
      const before = unrouted.map((reply) => recordOf(reply).steps.length);
      report(`${title}, closed by ${name}`, { steps: `${sum(kept)} of ${sum(before)}` });
      expect(sum(kept)).toBeLessThan(sum(before));
    });
  });
}

/** A judgement by a model is a request of its own; the thought's stay within 2n + 2. */
function expectCounted(record: RoutingRecord, byModel: boolean): void {
  const { small, large, verify = 0 } = record.requests;
  // One that was no rating was asked for, and paid for, all the same; nobody is late here.
  expect(verify).toBe(byModel ? judgedSteps(record).length : 0);
  expect(small + large).toBeLessThanOrEqual(2 * (large - 1) + 2);
}

function judgedSteps({ steps }: RoutingRecord) {
  return steps.map(({ verified }) => verified).filter((each) => each !== undefined);
}

function textsOf(replies: readonly Reply[]) {
  return replies.map(digestOf).map(({ thought, answer }) => [thought, answer]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
