import type { WordProblem } from "../word-models.js";
import type { ServerArm, ServerReply } from "./arms.js";

/** A block of problems, answered in one way, so many at once. */
export interface Block {
  readonly replies: readonly ServerReply[];
  /** Until the last reply was there. */
  readonly ms: number;
}

/** What each arm did in each round; all arms had the same problems in it. */
export type Rounds = ReadonlyMap<string, readonly Block[]>;

/** Problems of a round, at the least: where one reply is under way at a time. */
const LEAST = 4;

/**
 * All arms answer a block of problems before the next block, and take turns in being the first: what slows the machine
 * down, and what the servers have cached of these problems, meets all of them alike.
 *
 * @param atOnce - replies under way at a time
 */
export async function answerInRounds(
  arms: readonly ServerArm[],
  problems: readonly WordProblem[],
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: number },
): Promise<Rounds> {
  const done = new Map(arms.map(({ name }) => [name, [] as Block[]]));
  const size = Math.max(LEAST, atOnce);
  for (let round = 0; round < rounds; round++) {
    const block = Array.from({ length: size }, (_, index) => {
      const problem = problems[(round * size + index) % problems.length];
      if (problem === undefined) throw new Error("There are no problems.");
      return problem.prompt;
    });
    for (const turn of arms.keys()) {
      const arm = arms[(round + turn) % arms.length];
      if (arm !== undefined) done.get(arm.name)?.push(await answerBlock(arm, block, atOnce));
    }
  }
  return done;
}

async function answerBlock(
  arm: ServerArm,
  prompts: readonly string[],
  atOnce: number,
): Promise<Block> {
  const replies: ServerReply[] = [];
  const waiting = prompts.entries();
  const begin = performance.now();
  const work = async () => {
    for (const [index, prompt] of waiting) replies[index] = await arm.answer(prompt);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { replies, ms: performance.now() - begin };
}
