import type { ReplyTime } from "./aside.js";
import { type Judge, judgeStep } from "./judge-step.js";
import type { ThoughtInput } from "./reduce-thought.js";
import type { RouteConfig } from "./route-config.js";
import type { ThoughtState } from "./thought-state.js";
import { type Watcher, watchAnswer } from "./watch-answer.js";

/** Who is asked beside the thought. */
export interface Asides {
  /** Rates steps by small; needed with `config.verify`. */
  readonly judge?: Judge | undefined;
  /** Looks whether the thought is done; needed with an `answerEntropy` as `config.closeWhen`. */
  readonly watcher?: Watcher | undefined;
}

/**
 * Asks whom the thought waits for. Nothing is read meanwhile: the stream waits with it.
 *
 * @throws the signal's reason where the reply was aborted
 */
export async function hearAside(
  config: RouteConfig,
  { judge, watcher }: Asides,
  state: ThoughtState,
  time: ReplyTime,
): Promise<ThoughtInput> {
  return state.waits?.for === "watch"
    ? { type: "watched", said: await watchAnswer(config, watcher, state, time) }
    : { type: "judged", verdict: await judgeStep(config.verify, judge, state, time) };
}
