import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { span } from "../../src/core/points/span.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { random } from "../../src/core/policies/random.js";
import { markOutage } from "../../src/router/outage.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import {
  otherRole,
  type Role,
  type StepWriter,
  type Written,
} from "../../src/router/step-writer.js";
import { CONFIG, runOver } from "../router/run-thought.js";
import { ANSWER, cap, serving } from "./route-text.js";
import { type Serving, TextModel } from "./text-model.js";

const TEXT = "So 3*24 = 72, 2+2 =5.\n\n**Wait**, 👍?\n\n\n- 7+7=$1,400.5\n";
const WHOLE = `${TEXT}</think>\n\n${ANSWER}`;

/** One model in both roles, which is out in one of them from the n-th item on that it would bring. */
function failing(served: Serving, role: Role, from: number) {
  const { writers, openings } = new TextModel(WHOLE, { ...served, placed: true, keepStop: true });
  let items = 0;
  let isOut = false;
  let after = 0;
  const dying: StepWriter = {
    ...writers[role],
    async *write(...request): AsyncGenerator<Written> {
      if (isOut) after++;
      for await (const written of writers[role].write(...request)) {
        isOut ||= items++ >= from;
        if (isOut) throw markOutage(new Error("out"), "connection");
        yield written;
      }
    },
  };
  return {
    pair: { writers: { ...writers, [role]: dying }, openings },
    asked: () => ({ isOut, after }),
  };
}

const BOTH = { small: "other", large: "other" } as const;

describe("a model that is out from any place on: the other one writes the rest, and the text is as ever", () => {
  it.each([undefined, stepEnd("meanEntropy"), span({ after: "=", of: "number" })])(
    "at %o",
    async (point) => {
      await fc.assert(
        fc.asyncProperty(
          serving,
          fc.constantFrom("small" as const, "large" as const),
          fc.integer({ min: 0, max: 30 }),
          fc.constantFrom("fused" as const, "probe" as const),
          fc.constantFrom("small" as const, "large" as const),
          cap,
          fc.integer(),
          async (served, role, from, glimpse, answerBy, maxStepTokens, seed) => {
            const config: RouteConfig = {
              ...CONFIG,
              maxStepTokens,
              maxThoughtTokens: 100_000,
              policy: random(0.5, seed),
              answerBy,
              onFailure: BOTH,
              ...(point === undefined ? { glimpse } : { point }),
            };
            const { pair, asked } = failing(served, role, from);
            const { thought, answer, record } = await runOver(pair, config);
            expect(thought + answer).toBe(TEXT + ANSWER);
            const { isOut, after } = asked();
            // Never again in this reply.
            expect(after).toBe(0);
            expect(record.degraded?.reason).toBe(isOut ? "connection" : undefined);
            if (!isOut) return;
            expect(record.degraded?.role).toBe(role);
            const fromStep = record.degraded?.fromStep ?? Number.POSITIVE_INFINITY;
            const routes = record.steps
              .filter(({ step }) => step > fromStep)
              .flatMap(({ parts }) => parts.map(({ route }) => route));
            expect(routes).not.toContain(role);
            expect(record.answeredBy).toBe(otherRole(role));
          },
        ),
        { numRuns: 300 },
      );
    },
  );
});
