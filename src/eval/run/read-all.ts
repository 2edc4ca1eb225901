import { GlimpRouterError } from "../../errors.js";
import type { NamedChecker } from "../checkers/run-checker.js";
import type { Problem } from "../problems/problem.js";

/**
 * All problems, before anything is paid for.
 *
 * @throws GlimpRouterError `invalid_input` naming the problem: none at all, two with one id, one that cannot be checked
 */
export async function readAll(
  given: Iterable<Problem> | AsyncIterable<Problem>,
  { name, needsAnswer }: NamedChecker,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const ids = new Set<string>();
  for await (const problem of given) {
    const { id, answer } = problem;
    if (ids.has(id)) throw invalid(`Two problems have the id ${JSON.stringify(id)}.`);
    if (needsAnswer && answer === undefined) {
      throw invalid(
        `Problem ${JSON.stringify(id)} has no \`answer\`, and the checker ${JSON.stringify(name)} compares with it.`,
      );
    }
    ids.add(id);
    problems.push(problem);
  }
  if (problems.length === 0) throw invalid("There is no problem to evaluate on.");
  return problems;
}

function invalid(message: string): GlimpRouterError {
  return new GlimpRouterError(message, { reason: "invalid_input" });
}
