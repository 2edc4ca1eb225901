import type { Asides } from "../../router/hear-aside.js";
import { answerWatcher, type Watcher } from "../../router/watch-answer.js";
import type { CloseRule } from "../options/early-exit-options.js";
import type { ResolvedVerify } from "../options/verify-options.js";
import { type JudgedReply, judgeOf } from "./judge-of.js";
import { safely } from "./safely.js";

/** Who is asked beside the thought of a reply. Their failures are in the record: they quote safely. */
export function asidesOf({ verify, closeWhen }: AsideOptions, reply: JudgedReply): Asides {
  return { judge: judgeOf(verify, reply), watcher: watcherOf(closeWhen, reply) };
}

interface AsideOptions {
  readonly verify?: ResolvedVerify | undefined;
  readonly closeWhen?: CloseRule | undefined;
}

function watcherOf(
  closeWhen: CloseRule | undefined,
  { writers, openings, topLogprobs, secrets }: JudgedReply,
): Watcher | undefined {
  if (closeWhen?.rule !== "answerEntropy") return undefined;
  const watcher = answerWatcher({ writer: writers.small, opening: openings.small, topLogprobs });
  return (...asked) => safely(() => watcher(...asked), secrets);
}
