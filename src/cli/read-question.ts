import { text } from "node:stream/consumers";
import { UsageError } from "./usage-error.js";

/** The question of a command line; `-` is what comes on standard input. */
export async function readQuestion([given, ...more]: readonly string[]): Promise<string> {
  if (more.length > 0) {
    throw new UsageError("There is more than one question: put it in quotes.");
  }
  const question = given === "-" ? await text(process.stdin) : (given ?? "");
  if (question.trim() !== "") return given === "-" ? question.trimEnd() : question;
  throw new UsageError('There is no question. Try: glimprouter ask "59, +10, %6, +90, %9"');
}
