import { expect, inject } from "vitest";
import { firstDifference, largestEntropyDifference } from "./compare-replies.js";
import { digestOf, type Reply } from "./reply-digest.js";
import { report } from "./report.js";

/**
 * Replies to the first problems are those of the in-process engine: routes, text, and H_init up to the
 * tolerance. A difference that real engines may have is listed with its reason; any other fails the test.
 */
export function expectSame(name: string, replies: readonly Reply[]): void {
  const { problems, replies: reference, threshold } = inject("reference");
  const digests = replies.map(digestOf);
  const expected = reference.slice(0, digests.length);
  const differences = digests.flatMap((received, index) => {
    const [problem, reply] = [problems[index], expected[index]];
    if (problem === undefined || reply === undefined) throw new Error(`No problem ${index}.`);
    const compared = { prompt: problem.prompt, expected: reply, received };
    return firstDifference(compared, threshold) ?? [];
  });
  report(`${name}: ${digests.length} replies, ${differences.length} differ`, {
    "largest difference in H_init": largestEntropyDifference(expected, digests).toExponential(1),
    ...Object.fromEntries(differences.map((found) => [found.prompt, found])),
  });
  expect(differences.filter(({ because }) => because === null)).toEqual([]);
}

/** Replies to the first problems have the thoughts of the in-process engine, whatever they answer. */
export function expectSameThoughts(replies: readonly Reply[]): void {
  const expected = inject("reference").replies.slice(0, replies.length);
  expect(replies.map((reply) => digestOf(reply).thought)).toEqual(
    expected.map(({ thought }) => thought),
  );
}

/**
 * Replies were drawn at a temperature: their text may be another. As long as it is not, H_init and route of each
 * step are those of the in-process engine.
 */
export function expectSameGlimpses(name: string, replies: readonly Reply[]): void {
  const { replies: reference } = inject("reference");
  let compared = 0;
  let largest = 0;
  for (const [index, reply] of replies.entries()) {
    const [expected, received] = [reference[index], digestOf(reply)];
    const textBefore = (thought: string, step: number) =>
      thought.split("\n\n").slice(0, step).join();
    for (const [step, { entropy, route }] of (expected?.steps ?? []).entries()) {
      const other = received.steps[step];
      const isSamePlace =
        textBefore(expected?.thought ?? "", step) === textBefore(received.thought, step);
      if (!isSamePlace || other === undefined || entropy === null || other.entropy === null) break;
      compared++;
      largest = Math.max(largest, Math.abs(entropy - other.entropy));
      expect([index, step, other.route]).toEqual([index, step, route]);
    }
  }
  report(`${name}: glimpses of ${replies.length} replies`, {
    compared,
    "largest difference in H_init": largest.toExponential(1),
  });
  expect(compared).toBeGreaterThanOrEqual(replies.length);
  expect(largest).toBeLessThan(1e-2);
}
