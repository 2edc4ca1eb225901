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
