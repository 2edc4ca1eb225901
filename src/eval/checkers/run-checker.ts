import { z } from "zod";
import { GlimpRouterError } from "../../errors.js";
import type { Problem } from "../problems/problem.js";
import { boxed } from "./boxed.js";
import type { CheckedReply, Checker } from "./checker.js";
import { choice } from "./choice.js";
import { exact } from "./exact.js";
import { json } from "./json.js";
import { number } from "./number.js";

/** The checkers that come with the package, by name. */
export const CHECKERS = { exact, choice, number, boxed, json } as const satisfies Readonly<
  Record<string, Checker>
>;

export type CheckerName = keyof typeof CHECKERS;

/** A checker with what it is called in records and errors. */
export interface NamedChecker {
  readonly name: string;
  readonly check: Checker;
  /** It compares with the problem's answer: every problem must have one. */
  readonly needsAnswer: boolean;
}

/** What a checker found, in one form. */
export interface Checked {
  /** From 0 to 1; `null`: no answer could be read. */
  readonly score: number | null;
  readonly extracted: string | null;
  readonly why: string | null;
}

/** @throws GlimpRouterError `invalid_option` for an unknown name */
export function namedChecker(checker: CheckerName | Checker): NamedChecker {
  if (typeof checker === "function") {
    const known = Object.entries(CHECKERS).find(([, each]) => each === checker);
    const name = known?.[0] ?? (checker.name === "" ? "function" : checker.name);
    return { name, check: checker, needsAnswer: known !== undefined };
  }
  if (Object.hasOwn(CHECKERS, checker)) {
    return { name: checker, check: CHECKERS[checker], needsAnswer: true };
  }
  throw new GlimpRouterError(
    `\`checker\` must be ${Object.keys(CHECKERS).join(", ")} or a function, got ${JSON.stringify(checker)}.`,
    { reason: "invalid_option" },
  );
}

const result = z.union([
  z.boolean(),
  z.object({
    score: z.number().min(0).max(1).nullable(),
    extracted: z.string().optional(),
    why: z.string().optional(),
  }),
]);

/**
 * Asks a checker about a reply.
 *
 * @throws GlimpRouterError `invalid_input` naming checker and problem, where it throws or returns something else
 */
export async function runChecker(
  { name, check }: NamedChecker,
  reply: CheckedReply,
  problem: Problem,
): Promise<Checked> {
  const where = `The checker ${JSON.stringify(name)} failed at problem ${JSON.stringify(problem.id)}`;
  let found: unknown;
  try {
    found = await check(reply, problem);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new GlimpRouterError(`${where}: ${said}`, { reason: "invalid_input", cause });
  }
  const parsed = result.safeParse(found);
  if (!parsed.success) {
    throw new GlimpRouterError(
      `${where}: expected true, false, or { score: 0 to 1 or null, extracted?, why? }, got ${JSON.stringify(found) ?? typeof found}.`,
      { reason: "invalid_input" },
    );
  }
  if (typeof parsed.data === "boolean") {
    return { score: Number(parsed.data), extracted: null, why: null };
  }
  const { score, extracted = null, why = null } = parsed.data;
  return { score, extracted, why };
}
