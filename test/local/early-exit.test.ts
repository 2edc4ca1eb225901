import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { answerEntropy, closeMargin, routingOf } from "../../src/index.js";
import { TAPE, useEmbeddedPair } from "../langchain/embedded-router.js";
import { recordOf } from "../langchain/record-of.js";

const { pair, router } = useEmbeddedPair();

/** Nothing settles: small is only looked at. */
const WATCHED = answerEntropy({ delta: Number.MIN_VALUE });
/** Two entropies, whatever they are. */
const AT_ONCE = answerEntropy({ delta: 100, warmUp: 2 });

const thoughtOf = ({ additional_kwargs }: { readonly additional_kwargs: object }) =>
  String((additional_kwargs as { readonly reasoning_content?: unknown }).reasoning_content);

describe("closeWhen, on the embedded pair", () => {
  it.each(["fused", "probe"] as const)(
    "rule 21, %s: a thought that is watched and not closed is the unwatched one, byte for byte",
    async (glimpse) => {
      const plain = await router({ glimpse }).invoke(TAPE);
      const watched = await router({ glimpse, closeWhen: WATCHED }).invoke(TAPE);
      expect(thoughtOf(watched)).toBe(thoughtOf(plain));
      expect(watched.text).toBe(plain.text);
      const { requests, usage, watched: seen, steps } = recordOf(watched);
      const { small, large } = recordOf(plain).requests;
      // Behind the last step there is no boundary.
      expect(requests).toEqual({ small, large, watch: steps.length - 1 });
      expect(usage.watch).toMatchObject({ output_tokens: steps.length - 1, estimated: false });
      expect(seen?.map(({ step }) => step)).toEqual(steps.slice(1).map(({ step }) => step - 1));
      for (const { entropy, variance } of seen ?? []) {
        expect(entropy).toBeGreaterThanOrEqual(0);
        expect(variance).toBeGreaterThanOrEqual(0);
      }
      const { output_tokens } = usage.watch ?? { output_tokens: 0 };
      const spent = usage.small.output_tokens + usage.large.output_tokens + output_tokens;
      expect(watched.usage_metadata?.output_tokens).toBe(spent);
    },
  );

  it("one model in both roles: closed behind its second step, and answered", async () => {
    const { small } = pair();
    const whole = await router({ large: small }).invoke(TAPE);
    const reply = await router({ large: small, closeWhen: AT_ONCE }).invoke(TAPE);
    const { stopReason, steps, answer } = recordOf(reply);
    expect(stopReason).toBe("early-exit");
    expect(steps).toHaveLength(2);
    expect(thoughtOf(whole).startsWith(`${thoughtOf(reply)}\n\n`)).toBe(true);
    expect(answer?.tokens).toBeGreaterThan(0);
    expect(reply.text).not.toBe("");
    expect(reply.response_metadata.finish_reason).toBe("stop");
  });

  it("closeMargin: with a margin that nothing exceeds, a tag among the candidates closes", async () => {
    const whole = await router().invoke(TAPE);
    const reply = await router({ closeWhen: closeMargin(1000) }).invoke(TAPE);
    const { stopReason, steps, requests } = recordOf(reply);
    expect(stopReason).toBe("early-exit");
    expect(steps.length).toBeLessThan(recordOf(whole).steps.length);
    expect(requests.watch).toBeUndefined();
    expect(reply.text).not.toBe("");
  });

  it("streamed: the chunks merged are the whole reply", async () => {
    const closeWhen = AT_ONCE;
    const whole = await router({ closeWhen }).invoke(TAPE);
    let thought = "";
    let text = "";
    for await (const chunk of await router({ closeWhen }).stream(TAPE)) {
      thought += (chunk.additional_kwargs.reasoning_content as string | undefined) ?? "";
      text += chunk.text;
    }
    expect(thought).toBe(thoughtOf(whole));
    expect(text).toBe(whole.text);
  });

  it("the graph, node by node, from checkpoints in JSON: the same thought, closed at the same step", async () => {
    const { small, large } = pair();
    for (const closeWhen of [AT_ONCE, WATCHED]) {
      const whole = await router({ closeWhen }).invoke(TAPE);
      const checkpointer = new MemorySaver();
      const thread = { configurable: { thread_id: "1" } };
      const stops = { checkpointer, interruptBefore: ["small", "large", "answer"] as const };
      let input: { messages: HumanMessage[] } | null = { messages: [new HumanMessage(TAPE)] };
      for (;;) {
        const graph = glimpRouterGraph({ small, large, closeWhen, ...stops });
        await graph.invoke(input, thread);
        input = null;
        const { next, values } = await graph.getState(thread);
        if (next.length > 0) {
          expect(values.thought.waits).toBeNull();
          continue;
        }
        const message = values.messages.at(-1);
        expect(message.text).toBe(whole.text);
        const said = (reply: object) => {
          const { stopReason, watched, requests } = routingOf(reply as never) ?? {};
          const timeless = watched?.map(({ step, entropy }) => [step, entropy?.toFixed(4)]);
          return { stopReason, timeless, watch: requests?.watch };
        };
        expect(said(message)).toEqual(said(whole));
        break;
      }
    }
  });
});
