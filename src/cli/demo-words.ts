import { random } from "../core/policies/random.js";
import type { RoutePolicy } from "../core/route-policy.js";
import { GlimpRouterChatModel } from "../langchain/chat-model.js";
import { mean, type Tally, tally } from "./demo-table.js";
import { WORD_PROBLEMS } from "./demo-word-problems.js";
import type { Pair } from "./load-pair.js";
import { percent } from "./paint-reply.js";
import { placeOf } from "./place-of.js";
import type { ReadRouting } from "./read-routing.js";
import { type Shown, tint } from "./terminal.js";

/** In nats, of a step's first token: hands over about as many steps as the pair's own point does. */
const STEP_START = 1.05;

/** The pair that thinks in words: each model alone, both routed, and large by chance at the same kind of place. */
export async function tallyWords(pair: Pair, routing: ReadRouting): Promise<readonly Tally[]> {
  const { small, large } = pair;
  const { glimpseAt, policy, fields } = placeOf(routing);
  const point = glimpseAt?.name ?? "stepStart";
  const counted = counting(policy);
  const ways = {
    start: new GlimpRouterChatModel({ small, large, threshold: STEP_START }),
    point: new GlimpRouterChatModel({ small, large, ...fields, policy: counted.policy }),
  };
  const tallies = [
    await tally("small only", WORD_PROBLEMS, () => small),
    await tally("large only", WORD_PROBLEMS, () => large),
    await tally("routed at stepStart", WORD_PROBLEMS, () => ways.start),
    await tally(`routed at ${point}`, WORD_PROBLEMS, () => ways.point),
  ];
  const rate = counted.shareOfLarge();
  // A seed for each problem: `random` sees no prompt.
  const byChance = (seed: number) =>
    new GlimpRouterChatModel({ small, large, ...fields, policy: random(rate, seed) });
  return [...tallies, await tally(`chance at ${point}`, WORD_PROBLEMS, byChance)];
}

/** A record does not tell how often a point asked: of every token it may, and keeps what was decided for large. */
function counting(decide: RoutePolicy): { policy: RoutePolicy; shareOfLarge(): number } {
  const asked = { small: 0, large: 0 };
  const policy: RoutePolicy = (glimpse, context) => {
    const decision = decide(glimpse, context);
    asked[decision === "large" ? "large" : "small"]++;
    return decision;
  };
  return { policy, shareOfLarge: () => asked.large / Math.max(1, asked.large + asked.small) };
}

export function wordsLesson(tallies: readonly Tally[]): Shown {
  const [small, , start, point, chance] = tallies;
  const cost = percent(mean(point?.records.map(({ largeShare }) => largeShare) ?? []));
  return tint(
    "dim",
    `Routed inside the step, ${cost} of the tokens by large: ${point?.right} right, where small alone has ${small?.right}, the steps' first tokens give ${start?.right}, and chance at the same places ${chance?.right}.\nThis pair was made so that its signals differ: a demonstration, never evidence (models/README.md).`,
  );
}
