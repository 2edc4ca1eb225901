import type { VerifyOption } from "../langchain/options/verify-options.js";
import { MODEL_JUDGES, type ModelJudge } from "../router/model-judge.js";
import { readNumber } from "./read-options.js";
import { UsageError } from "./usage-error.js";

/** Options of who judges the steps by small. */
export const VERIFY_OPTIONS = {
  verify: { type: "string" },
  "verify-threshold": { type: "string" },
  "verify-when": { type: "string" },
} as const;

const WHEN = ["always", "doubtful"] as const;

/**
 * What a threshold may be is the router's to say.
 *
 * @throws UsageError
 */
export function readVerify(values: {
  readonly verify?: string | undefined;
  readonly "verify-threshold"?: string | undefined;
  readonly "verify-when"?: string | undefined;
}): { readonly verify?: VerifyOption } {
  const { verify, "verify-threshold": threshold, "verify-when": when } = values;
  if (verify === undefined) {
    const alone = threshold === undefined ? "--verify-when" : "--verify-threshold";
    if (threshold === undefined && when === undefined) return {};
    throw new UsageError(`${alone} says how steps are judged: say by whom, with --verify score.`);
  }
  const by = readJudge(verify);
  if (threshold === undefined) {
    throw new UsageError(
      "--verify needs --verify-threshold: a step above it is rejected. There is no value that is right for every pair; 1 rejects nothing that is rated (docs/verification.md).",
    );
  }
  return {
    verify: {
      by,
      threshold: readNumber("--verify-threshold", threshold, {
        unit: by === "likelihood" ? "nats a token" : "doubt, 0 to 1",
        least: 0,
      }),
      ...(when === undefined ? {} : { when: oneOf("--verify-when", WHEN, when) }),
    },
  };
}

/** @throws UsageError */
export function readJudge(text: string): ModelJudge {
  return oneOf("--verify", MODEL_JUDGES, text);
}

function oneOf<T extends string>(name: string, known: readonly T[], text: string): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UsageError(`${name} must be ${known.join(" or ")}, got ${JSON.stringify(text)}.`);
}
