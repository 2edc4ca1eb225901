import { UsageError } from "./usage-error.js";

const NUMBER = String.raw`\d{1,2}`;
const OPERATION = "(?:[+%-]|add|plus|minus|less|modulo|remainder by)";
const FRAME = String.raw`(?:(?:start|begin) with|what is|take)\s+`;
const QUESTION = String.raw`\s+what (?:is left|do you get|is the result)`;

/** The tapes that the two models of this package were trained on: models/README.md has their grammar. */
const TAPE = new RegExp(
  String.raw`^(?:${FRAME})?${NUMBER}(?:,?\s+${OPERATION}\s*${NUMBER})*[.?]?(?:${QUESTION}\?)?$`,
  "i",
);

/**
 * To everything else they answer with a calculation of their own, and nothing fails.
 *
 * @throws UsageError where a question is not one for the embedded pair
 */
export function requireEmbeddedQuestion(question: string): void {
  if (TAPE.test(question.trim())) return;
  throw new UsageError(
    'The two models of this package can only calculate, tapes such as "59, +10, %6, +90, %9". For other questions name your own with --small and --large: glimprouter --help',
  );
}
