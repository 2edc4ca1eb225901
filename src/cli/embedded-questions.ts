import type { EmbeddedPairName } from "../local/index.js";
import { UsageError } from "./usage-error.js";

const NUMBER = String.raw`\d{1,2}`;
const OPERATION = "(?:[+%-]|add|plus|minus|less|modulo|remainder by)";
const FRAME = String.raw`(?:(?:start|begin) with|what is|take)\s+`;
const QUESTION = String.raw`\s+what (?:is left|do you get|is the result)`;

/** The tapes that the embedded pair of that name was trained on: models/README.md has their grammar. */
const TAPE = new RegExp(
  String.raw`^(?:${FRAME})?${NUMBER}(?:,?\s+${OPERATION}\s*${NUMBER})*[.?]?(?:${QUESTION}\?)?$`,
  "i",
);

interface Read {
  takes(question: string): boolean;
  /** What it can do, behind "The two models of this package". */
  readonly told: string;
}

const READS: Readonly<Record<EmbeddedPairName, Read>> = {
  tape: {
    takes: (question) => TAPE.test(question),
    told: 'can only calculate, tapes such as "59, +10, %6, +90, %9"',
  },
  words: {
    takes: isWordProblem,
    told: 'of --pair words can only solve word problems as they were trained on, such as "Tom has 3 bags with 14 apples each. Tom gives 12 of them to Ida. How many apples are left?"',
  },
};

/** Sentences with two numbers at least, then a question for one more. */
function isWordProblem(question: string): boolean {
  const at = question.lastIndexOf(". How many ");
  const numbers = question.slice(0, at + 1).match(/\d+/g) ?? [];
  return at > 0 && question.endsWith("?") && numbers.length >= 2;
}

/**
 * To everything else they answer with a calculation of their own, and nothing fails.
 *
 * @throws UsageError where a question is not one for the embedded pair of that name
 */
export function requireEmbeddedQuestion(question: string, pair: EmbeddedPairName = "tape"): void {
  const { takes, told } = READS[pair];
  if (takes(question.trim())) return;
  throw new UsageError(
    `The two models of this package ${told}. For other questions name your own with --small and --large: glimprouter --help`,
  );
}
