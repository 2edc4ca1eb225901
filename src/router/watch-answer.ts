import { entropy } from "../core/entropy.js";
import { closingText } from "../core/thinking-tags.js";
import { tokenDistribution } from "../core/token-distribution.js";
import { type Aside, asideCost, askAside, type ReplyTime, type Said } from "./aside.js";
import type { RouteConfig } from "./route-config.js";
import type { Opening, StepWriter, TokenUsage } from "./step-writer.js";
import type { ThoughtState } from "./thought-state.js";

/** How sure small is of the answer, if the thought ended here: entropy in nats of the answer's first token. */
export type Watcher = (closed: string, tokens: number, signal: AbortSignal) => Promise<Said>;

/** Failures in a row after which small is not asked any more: each one may have cost the reply its time limit. */
const MOST_FAILURES = 3;

/** Is small to be asked behind the step that has just ended? */
export function isWatchDue(
  { closeWhen, thinking }: RouteConfig,
  { steps, watched, degraded }: ThoughtState,
): boolean {
  if (degraded?.role === "small") return false;
  if (closeWhen?.rule !== "answerEntropy" || thinking === false) return false;
  const last = watched.slice(-MOST_FAILURES);
  if (last.length === MOST_FAILURES && last.every(({ entropy }) => entropy === null)) return false;
  return steps.length - (last.at(-1)?.step ?? 0) >= closeWhen.every;
}

/**
 * Asks small. One that is of no use is told, too: the thought goes on.
 *
 * @throws the signal's reason where the reply was aborted
 */
export async function watchAnswer(
  { closeWhen, thinking }: RouteConfig,
  watcher: Watcher | undefined,
  { thought, thoughtTokens }: ThoughtState,
  time: ReplyTime,
): Promise<Aside> {
  if (closeWhen?.rule !== "answerEntropy" || thinking === false || watcher === undefined)
    return { value: null, failed: "nobody watches", ms: 0 };
  const { lead, timeoutMs } = closeWhen;
  const closed = thought + closingText(thought, thinking) + lead;
  const late = `no token within ${timeoutMs} ms`;
  const ask = async (signal: AbortSignal) => watcher(closed, thoughtTokens, signal);
  return askAside(ask, { timeoutMs, late }, time);
}

/** Small as watcher: it goes on behind the closed thought, by one token whose candidates are read. */
export function answerWatcher({
  writer,
  opening,
  topLogprobs,
}: {
  readonly writer: StepWriter;
  readonly opening: Opening;
  readonly topLogprobs: number;
}): Watcher {
  return async (closed, tokens, signal) => {
    const how = { maxTokens: 1, topLogprobs, temperature: 0 } as const;
    let value: number | null = null;
    let usage: TokenUsage | undefined;
    for await (const written of writer.write(opening, closed, how, signal)) {
      usage = written.usage ?? usage;
      if (written.type === "end") break;
      const top = written.tokens[0]?.top ?? [];
      if (value === null && top.length > 0) value = entropy(tokenDistribution(top, topLogprobs));
    }
    if (value === null) throw new Error("no candidates for the answer's first token");
    const estimate = { input_tokens: (opening.promptTokens ?? 0) + tokens, output_tokens: 1 };
    return { value, asked: asideCost("small", usage, estimate) };
  };
}
