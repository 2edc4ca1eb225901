import { expect } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { embeddedPair } from "../../../src/local/index.js";
import { firstDifference, largestEntropyDifference } from "../real-servers/compare-replies.js";
import type { Problem } from "../real-servers/problems.js";
import { digestOf, type ReplyDigest } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { THRESHOLD } from "./llama-pair.js";

/** What the in-process engine says to every problem. */
export interface Reference {
  readonly problems: readonly Problem[];
  readonly replies: readonly ReplyDigest[];
}

export async function askInProcess(problems: readonly Problem[]): Promise<Reference> {
  const { small, large, dispose } = await embeddedPair();
  try {
    const router = new GlimpRouterChatModel({ small, large, threshold: THRESHOLD });
    return { problems, replies: (await runChains(router, problems)).map(digestOf) };
  } finally {
    await dispose();
  }
}

/**
 * Replies are those of the in-process engine: routes, text, and H_init up to the tolerance. A difference that
 * real engines may have is listed with its reason; any other fails the test.
 */
export function expectSame(
  name: string,
  { problems, replies: expected }: Reference,
  replies: readonly Parameters<typeof digestOf>[0][],
): void {
  const digests = replies.map(digestOf);
  expect(digests).toHaveLength(problems.length);
  const differences = digests.flatMap((received, index) => {
    const [problem, reply] = [problems[index], expected[index]];
    if (problem === undefined || reply === undefined) throw new Error(`No problem ${index}.`);
    const compared = { prompt: problem.prompt, expected: reply, received };
    return firstDifference(compared, THRESHOLD) ?? [];
  });
  report(`${name}: ${digests.length} replies, ${differences.length} differ`, {
    "largest difference in H_init": largestEntropyDifference(expected, digests).toExponential(1),
    ...Object.fromEntries(differences.map((found) => [found.prompt, found])),
  });
  expect(differences.filter(({ because }) => because === null)).toEqual([]);
}
