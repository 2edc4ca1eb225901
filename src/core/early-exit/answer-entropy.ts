import { requireFields, requireNumber, requireWhole, wrongArgument } from "../check-argument.js";

export interface AnswerEntropyOptions {
  /** Small is asked at every so-many-th boundary. @defaultValue 1 */
  readonly every?: number;
  /** The thought is closed where the moving variance is below it; nats squared. There is no value that is right for every model. */
  readonly delta: number;
  /** Weight of the newest entropy in the moving mean and variance, above 0, at most 1. @defaultValue 0.2 */
  readonly alpha?: number;
  /** Entropies that must be there before the thought may be closed. @defaultValue 4 / alpha */
  readonly warmUp?: number;
  /** What answers begin with, appended behind the closing tag: `"Final answer: "`. @defaultValue "" */
  readonly lead?: string;
  /** Milliseconds that one request may take. @defaultValue 10000 */
  readonly timeoutMs?: number;
}

/** Closes a thought when small has been equally sure of the answer for a while. */
export interface AnswerEntropy extends Required<AnswerEntropyOptions> {
  readonly rule: "answerEntropy";
}

const DEFAULTS = { every: 1, alpha: 0.2, lead: "", timeoutMs: 10_000 } as const;

/** What a timer can wait. */
const MOST_MS = 2 ** 31 - 1;

/**
 * Closes the thought at a boundary where small's opinion of the answer has settled: one token of small is asked
 * for behind the thought and an appended closing tag, and thrown away; the entropy of its distribution is followed,
 * and the thought is closed when the entropies' exponentially moving variance is below `delta`. It costs that one
 * request every `every` boundaries. Small watches a thought that large writes as well.
 *
 * The rule: mean = alpha x + (1 - alpha) mean, from the first entropy on; then, from 0 on,
 * variance = alpha (x - mean)^2 + (1 - alpha) variance. Source: EAT (arXiv 2509.26522; the entropy of the whole
 * vocabulary there, of k candidates here) and its published code, with its warm-up of 4 / alpha entropies. It leaves
 * alpha to the caller; 0.2 is what others take.
 *
 * @throws RouteError `invalid_option` naming the field
 */
export function answerEntropy(options: AnswerEntropyOptions): AnswerEntropy {
  requireFields("answerEntropy", options, FIELDS);
  const given = { ...DEFAULTS, ...definedOf(options) };
  const rule = { rule: "answerEntropy", warmUp: Math.ceil(4 / given.alpha), ...given } as const;
  const of = (field: keyof AnswerEntropyOptions) => `\`${field}\` of answerEntropy()`;
  requireNumber(of("delta"), rule.delta, { least: Number.MIN_VALUE }, DELTA_REMEDY);
  requireNumber(of("alpha"), rule.alpha, { least: Number.MIN_VALUE, most: 1 }, ALPHA_REMEDY);
  requireWhole(of("every"), rule.every, 1, "Give a whole number of boundaries, 1 or more.");
  requireWhole(of("warmUp"), rule.warmUp, 1, "Give a whole number of entropies, 1 or more.");
  requireWhole(of("timeoutMs"), rule.timeoutMs, 1, "Give whole milliseconds, 1 or more.");
  requireNumber(of("timeoutMs"), rule.timeoutMs, { most: MOST_MS }, `Give ${MOST_MS} at most.`);
  if (typeof rule.lead === "string") return rule;
  throw wrongArgument(of("lead"), rule.lead, 'Give a text, such as "Final answer: ".');
}

/** What `answerEntropy` has made, or its like out of a file. */
export function isAnswerEntropy(value: unknown): value is AnswerEntropy {
  const { rule, ...given } = (value ?? {}) as Partial<AnswerEntropy>;
  if (rule !== "answerEntropy") return false;
  try {
    const made = answerEntropy(given as AnswerEntropyOptions);
    return FIELDS.every((field) => made[field] === given[field]);
  } catch {
    return false;
  }
}

const FIELDS: readonly (keyof AnswerEntropyOptions)[] = [
  "every",
  "delta",
  "alpha",
  "warmUp",
  "lead",
  "timeoutMs",
];

const DELTA_REMEDY =
  "Give nats squared, more than 0, such as 0.001: look at the variances of your own thoughts first.";
const ALPHA_REMEDY = "Give a weight above 0, at most 1, such as 0.2.";

/** The exponentially moving variance of entropies, in nats squared; 0 of one, or of none. */
export function movingVariance(entropies: readonly number[], alpha: number): number {
  let mean = entropies[0] ?? 0;
  let variance = 0;
  for (const entropy of entropies.slice(1)) {
    mean = alpha * entropy + (1 - alpha) * mean;
    variance = alpha * (entropy - mean) ** 2 + (1 - alpha) * variance;
  }
  return variance;
}

/** Has the answer's entropy settled? */
export function isSettled(
  { delta, alpha, warmUp }: AnswerEntropy,
  entropies: readonly number[],
): boolean {
  return entropies.length >= warmUp && movingVariance(entropies, alpha) < delta;
}

function definedOf<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
