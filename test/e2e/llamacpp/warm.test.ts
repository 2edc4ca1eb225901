import { describe, expect, it } from "vitest";
import type { GlimpRouterFields } from "../../../src/index.js";
import { digestOf, type Reply, recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI, LIMIT_MS, useLlamaPair } from "./llama-pair.js";
import { problems } from "./problems.js";
import { costFetch } from "./server-state.js";

const ROUND = problems().slice(0, 20);

/** What was read in other pieces was summed in another order: H_init differs by some 1e-5. */
function withoutDigits(reply: Reply) {
  const { steps, ...texts } = digestOf(reply);
  return { ...texts, routes: steps.map(({ route }) => route) };
}

/** Servers that are read to ahead: the same replies, and less left to read at a hand-off. */
describe("warm", () => {
  // A pair each: a server keeps the prompts of earlier chains, too.
  const [kept, plain] = [useLlamaPair(), useLlamaPair()];

  const replies = async (
    { servers, router }: ReturnType<typeof useLlamaPair>,
    warm: GlimpRouterFields["warm"],
  ) => {
    const { fetch, served } = costFetch();
    const large = chatOpenAI(servers().large, { configuration: { fetch } });
    const got = await runChains(router({ large, warm }), ROUND);
    // Of its own requests; what only reads is for one token, and is left as a rule before its end.
    const own = served.filter(({ maxTokens }) => maxTokens > 1);
    const read = own.reduce((sum, each) => sum + each.promptTokens - each.cachedTokens, 0);
    return {
      replies: got.map(withoutDigits),
      counts: got.map((each) => recordOf(each).warm),
      read,
    };
  };

  it(
    "both servers keep up, and no reply is another one",
    async () => {
      const warm = await replies(kept, { models: "both", minTokens: 4 });
      const without = await replies(plain, "off");
      expect(warm.replies).toEqual(without.replies);
      const requests = warm.counts.reduce((sum, each) => sum + (each?.requests ?? 0), 0);
      const failed = warm.counts.reduce((sum, each) => sum + (each?.failed ?? 0), 0);
      report("prompt tokens that large's own requests computed", {
        without: without.read,
        warm: warm.read,
        "requests that only read": requests,
      });
      expect(failed).toBe(0);
      expect(requests).toBeGreaterThan(0);
      expect(warm.read).toBeLessThan(without.read);
    },
    LIMIT_MS,
  );
});
