import { large, small } from "../arms/one-model.js";
import type { Problem } from "../problems/problem.js";
import type { Answers } from "./answers.js";
import { lookAlong } from "./first-look.js";
import { type KeptReply, keptReply, NO_NOTES } from "./kept-reply.js";

/** Each model by itself, by problem: what a coin tossed per question would choose between. */
export interface Alone {
  readonly small: ReadonlyMap<string, KeptReply>;
  readonly large: ReadonlyMap<string, KeptReply>;
}

/** Asks both for a whole reply to each problem, in one call. */
export async function answerAlone(problems: readonly Problem[], answers: Answers): Promise<Alone> {
  const kept = await answers.all("each model alone", problems, (problem) =>
    [small, large].map((arm) => ({
      key: `alone ${arm.name} ${problem.id}`,
      make: async (answer) => {
        const record = await answer(arm, 0);
        const kept = keptReply(record, NO_NOTES);
        if (arm !== large) return kept;
        const look = { problem, thought: record.thought ?? "" };
        const glimpses = await lookAlong(answers.plan, look, answers.signal);
        return glimpses === null ? kept : { ...kept, glimpses };
      },
    })),
  );
  const of = (place: number) =>
    new Map(problems.map(({ id }, index) => [id, kept[index]?.[place] as KeptReply] as const));
  return { small: of(0), large: of(1) };
}

/** Large's tokens where it answered alone, by problem. */
export function tokensAlone({ large: replies }: Alone): ReadonlyMap<string, number> {
  return new Map([...replies].map(([id, { largeTokens }]) => [id, largeTokens]));
}
