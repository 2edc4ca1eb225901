import { setTimeout } from "node:timers/promises";
import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { routingOf, type StepToVerify } from "../../src/index.js";
import { TAPE, useEmbeddedPair } from "../langchain/embedded-router.js";
import { recordOf } from "../langchain/record-of.js";

const { pair, router } = useEmbeddedPair();

describe("verify, on the embedded pair", () => {
  it.each(["score", "self", "likelihood"] as const)(
    "rule 21: small in both roles gives its own text, whatever it says of itself by %s",
    async (by) => {
      const { small } = pair();
      const alone = (await small.invoke(TAPE)).text;
      for (const threshold of [0, 0.3, 1]) {
        const one = router({ large: small, verify: { by, threshold } });
        const reply = await one.invoke(TAPE);
        const thought = reply.additional_kwargs.reasoning_content;
        expect(`<think>\n${thought}\n</think>\n\n${reply.text}`).toBe(alone);
        const { requests, usage, steps } = recordOf(reply);
        expect(steps.some(({ verified }) => verified !== undefined)).toBe(true);
        const judged = steps.filter(({ verified }) => verified?.value != null).length;
        expect(requests.verify ?? 0).toBe(judged);
        // A likelihood is read: nothing is written for it.
        const written = by === "likelihood" ? 0 : judged;
        expect(usage.verify?.output_tokens ?? 0).toBe(written);
        const spent = usage.small.output_tokens + usage.large.output_tokens + written;
        expect(reply.usage_metadata?.output_tokens).toBe(spent);
        expect(requests.small + requests.large).toBeLessThanOrEqual(2 * (requests.large - 1) + 2);
      }
    },
  );

  it("a function of one's own: sees conversation, thought and step; what it rejects large writes", async () => {
    const seen: StepToVerify[] = [];
    const reply = await router({
      verify: {
        by: function checksTape(asked) {
          seen.push(asked);
          return seen.length === 2 ? 1 : 0;
        },
        threshold: 0.5,
      },
    }).invoke([new HumanMessage(TAPE)]);
    const { steps, requests } = recordOf(reply);
    const judged = steps.filter(({ verified }) => verified !== undefined);
    expect(judged.map(({ verified }) => verified?.by)).toContain("checksTape");
    const [rejected] = judged.filter(({ verified }) => verified?.accepted === false);
    expect(rejected).toMatchObject({ route: "large", verified: { value: 1, accepted: false } });
    expect(rejected?.discarded).toBeGreaterThan(0);
    expect(requests.verify).toBeUndefined();
    expect(seen[0]?.prompt[0]?.content).toBe(TAPE);
    expect(seen[0]?.signal).toBeInstanceOf(AbortSignal);
    const thought = String(reply.additional_kwargs.reasoning_content);
    expect(thought.startsWith(String(seen[0]?.step))).toBe(true);
  });

  it("async: the same thought and verdicts; what small wrote ahead is counted", async () => {
    const verify = (async: boolean) => {
      let asked = 0;
      const by = async () => {
        await setTimeout(20);
        return ++asked === 2 ? 1 : 0;
      };
      return { by, threshold: 0.5, ...(async ? { async, maxAheadTokens: 8 } : {}) };
    };
    const waiting = await router({ verify: verify(false) }).invoke(TAPE);
    const ahead = await router({ verify: verify(true) }).invoke(TAPE);
    expect(ahead.additional_kwargs).toEqual(waiting.additional_kwargs);
    expect(ahead.text).toBe(waiting.text);
    const { requests, steps } = recordOf(ahead);
    expect(requests).toEqual(recordOf(waiting).requests);
    const counts = steps.flatMap(({ verified }) => verified?.aheadTokens ?? []);
    expect(Math.max(...counts)).toBe(8);
  });

  it("streamed: where each step is rejected, no word by small is ever seen", async () => {
    const stream = await router({ verify: { by: () => 1, threshold: 0.5 } }).stream(TAPE);
    const writers = new Set<unknown>();
    for await (const { response_metadata } of stream) {
      const part = response_metadata.glimprouter_part as { readonly name: string } | undefined;
      if (part !== undefined) writers.add(part.name);
    }
    expect(writers).toEqual(new Set(["large"]));
  });

  it("the graph, node by node: the same thought, the same verdicts", async () => {
    const { small, large } = pair();
    const verify = { by: "score", threshold: 0.5 } as const;
    const whole = await router({ verify }).invoke(TAPE);
    const graph = glimpRouterGraph({ small, large, threshold: 1, verify });
    const { messages } = await graph.invoke({ messages: [new HumanMessage(TAPE)] });
    const said = (message: unknown) =>
      routingOf(message as never)?.steps.map(({ route, verified }) => [
        route,
        verified?.accepted,
        verified?.value?.toFixed(6),
      ]);
    expect(said(messages.at(-1))).toEqual(said(whole));
    expect(messages.at(-1)?.text).toBe(whole.text);
  });
});
