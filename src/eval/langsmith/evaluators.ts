import type { EvaluatorT } from "langsmith/evaluation";
import { replyCost } from "../../core/reply-cost.js";
import { routingOf } from "../../langchain/output/routing-of.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import type { Checker } from "../checkers/checker.js";
import { type CheckerName, namedChecker, runChecker } from "../checkers/run-checker.js";
import { toProblem } from "../problems/to-problem.js";
import type { Prices } from "../records/run-file.js";

export interface GlimpRouterEvaluatorOptions {
  /** `"number"`, `"boxed"`, ..., or a function. */
  readonly checker: CheckerName | Checker;
  /** Money for a million tokens; without them a reply has a cost only where the router has prices. */
  readonly prices?: Prices | undefined;
}

/** What langsmith hands to an evaluator, as far as it is looked at. */
interface Evaluated {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: unknown;
  readonly referenceOutputs?: Readonly<Record<string, unknown>> | undefined;
  readonly example?: { readonly id?: string } | undefined;
}

/**
 * Evaluators for langsmith's own `evaluate(target, { evaluators })`, where the target returns the router's message: `correct`,
 * `largeShare`, `interventionRate`, `cost`.
 *
 * @example
 * ```ts
 * await evaluate(({ question }) => router.invoke(question), {
 *   data: "my-dataset",
 *   evaluators: glimpRouterEvaluators({ checker: "number" }),
 * });
 * ```
 */
export function glimpRouterEvaluators({
  checker,
  prices,
}: GlimpRouterEvaluatorOptions): EvaluatorT[] {
  const named = namedChecker(checker);
  const correct = async (given: Evaluated) => {
    const { message, text, thought } = replyIn(given.outputs);
    const fields = { ...given.referenceOutputs, ...given.inputs };
    const problem = toProblem({ line: 1, fields }, "langsmith", {});
    const record = routingOf(message);
    const reply = { text, thought, ...(record === undefined ? {} : { record }) };
    const id = given.example?.id ?? problem.id;
    const { score, why } = await runChecker(named, reply, { ...problem, id });
    const comment = score === null ? `unparsed: ${why}` : why;
    return { key: "correct", score: score ?? 0, ...(comment === null ? {} : { comment }) };
  };
  const figure = (key: string, of: (record: RoutingRecord) => number | null) => {
    return (given: Evaluated) => {
      const record = routingOf(replyIn(given.outputs).message);
      return { key, score: record === undefined ? null : of(record) };
    };
  };
  const costOf = ({ usage, cost }: RoutingRecord) =>
    prices === undefined ? cost : replyCost(usage, prices);
  return [
    correct,
    figure("largeShare", ({ largeShare }) => largeShare),
    figure("interventionRate", ({ interventionRate }) => interventionRate),
    figure("cost", costOf),
  ] as unknown as EvaluatorT[];
}

interface MessageLike {
  readonly content?: unknown;
  readonly additional_kwargs?: Readonly<Record<string, unknown>>;
  readonly response_metadata?: Record<string, unknown>;
}

/** A target returns the message, or an object that has it, or a text. */
function replyIn(outputs: unknown): {
  readonly message: MessageLike;
  readonly text: string;
  readonly thought: string;
} {
  const message = messageIn(outputs);
  if (message === undefined) return { message: {}, text: textIn(outputs), thought: "" };
  const { reasoning_content: thought } = message.additional_kwargs ?? {};
  return {
    message,
    text: textOf(message.content),
    thought: typeof thought === "string" ? thought : "",
  };
}

/** Also one that was stored: LangChain writes it as `{ lc, kwargs }`. */
function messageIn(value: unknown, depth = 2): MessageLike | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kwargs, response_metadata } = value as { kwargs?: unknown; response_metadata?: unknown };
  if (typeof response_metadata === "object") return value as MessageLike;
  if (depth === 0) return undefined;
  const inside = kwargs === undefined ? Object.values(value) : [kwargs];
  for (const each of inside) {
    const found = messageIn(each, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function textIn(outputs: unknown): string {
  if (typeof outputs === "string") return outputs;
  const texts = Object.values(outputs ?? {}).filter((value) => typeof value === "string");
  return texts[0] ?? "";
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const blocks = Array.isArray(content) ? (content as readonly { text?: unknown }[]) : [];
  return blocks.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}
