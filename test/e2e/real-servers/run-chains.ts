import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Problem } from "./problems.js";
import type { Reply } from "./reply-digest.js";

/** Answers problems, at most `atOnce` at a time; replies in the problems' order. */
export async function runChains(
  model: Pick<BaseChatModel, "invoke">,
  problems: readonly Problem[],
  atOnce = 1,
): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  const waiting = problems.entries();
  const work = async () => {
    for (const [index, { prompt }] of waiting) {
      replies[index] = await model.invoke(prompt);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return replies;
}
