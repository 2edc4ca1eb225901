import type { GlimpRouterFields, RoutingRecord } from "../../src/index.js";
import { type StreamedReply, streamReply } from "../http/bench-models.js";
import { routerOver } from "../http/router-over.js";
import { startBenchServer } from "../http/start-bench-server.js";
import type { WarmSetting } from "./settings.js";

export const WAYS = ["off", "large", "both"] as const;
export type Way = (typeof WAYS)[number];

/** Replies of each way in the order of their rounds. */
export type WarmReplies = Readonly<
  Record<Way, readonly (StreamedReply & { record: RoutingRecord })[]>
>;

/** All ways at the same time: what slows the machine down slows them all. */
export async function measureWays(setting: WarmSetting): Promise<WarmReplies> {
  const server = await startBenchServer(setting.server);
  const replies: Record<Way, (StreamedReply & { record: RoutingRecord })[]> = {
    off: [],
    large: [],
    both: [],
  };
  const ask = async (way: Way, round: number): Promise<void> => {
    const router = routerOver(
      { baseURL: server.baseURL, client: way },
      { warm: warmOf(way, setting) },
    );
    // A conversation of its own each: nothing of it is cached before.
    const reply = await streamReply(router, `${way}, ${setting.name}, round ${round}. Go.`);
    if (reply.record === null) throw new Error("A reply came without its record.");
    replies[way].push({ ...reply, record: reply.record });
  };
  try {
    for (let done = 0; done < setting.rounds; done += setting.atOnce) {
      const rounds = Array.from({ length: setting.atOnce }, (_, each) => done + each);
      await Promise.all(rounds.flatMap((round) => WAYS.map((way) => ask(way, round))));
    }
  } finally {
    server.close();
  }
  checkSame(replies);
  return replies;
}

function warmOf(way: Way, { server }: WarmSetting): GlimpRouterFields["warm"] {
  if (way === "off") return way;
  const { block } = server.prefill;
  return block <= 32 ? way : { models: way, minTokens: block };
}

/** Ways are compared only where they think the same. */
function checkSame(replies: WarmReplies): void {
  const seen = new Set(
    Object.values(replies).flatMap((each) =>
      each.map(({ text, thought, record }) =>
        JSON.stringify([text, thought, record.requests, record.steps.map(({ route }) => route)]),
      ),
    ),
  );
  if (seen.size !== 1) throw new Error(`Expected one text and one route, got ${seen.size}.`);
}
