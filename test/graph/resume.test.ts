import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { type GlimpRouterGraphOptions, glimpRouterGraph } from "../../src/graph/index.js";
import type { GlimpRouterError, ResumeState } from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import {
  SCRIPT,
  ScriptedChatModel,
  type ScriptedModelFields,
  scriptedRouter,
  THOUGHT,
} from "../langchain/scripted-pair.js";
import { errorOf } from "../writers/error-of.js";

const MESSAGES = [new HumanMessage("2+2?")];
const THREAD = { configurable: { thread_id: "1" } };
const TAG = "<think>\n".length;

function graphOf(
  models: { readonly small?: ScriptedModelFields; readonly large?: ScriptedModelFields } = {},
  options: Partial<GlimpRouterGraphOptions> = {},
) {
  const small = new ScriptedChatModel(models.small);
  const large = new ScriptedChatModel(models.large);
  return glimpRouterGraph({ small, large, checkpointer: new MemorySaver(), ...options });
}

function throughJson({ resume }: GlimpRouterError): ResumeState {
  return JSON.parse(JSON.stringify(resume));
}

/** In a step of small's, in one of large's, in the answer. */
const PLACES = [
  ["small", TAG + 10],
  ["large", TAG + 30],
  ["large", TAG + THOUGHT.length + 20],
] as const;

describe.each(PLACES)("a reply that broke off: %s dies at %i", (role, dieAt) => {
  it("of the chat model goes on in a graph", async () => {
    const { router } = scriptedRouter({ [role]: { dieAt } });
    const resume = throughJson(await errorOf(router.invoke(MESSAGES)));
    const graph = graphOf();
    const { messages } = await graph.invoke({ messages: MESSAGES, resume }, THREAD);
    const message = messages.at(-1);
    expect(message?.text).toBe(SCRIPT.answer);
    expect(message?.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(recordOf(message as never).retries).toMatchObject([{ reason: "resumed" }]);
    expect((await graph.getState(THREAD)).values.resume).toBeNull();
  });

  it("of a graph goes on in the chat model", async () => {
    const graph = graphOf({ [role]: { dieAt } });
    const error = await errorOf(graph.invoke({ messages: MESSAGES }, THREAD));
    const { router } = scriptedRouter();
    const message = await router.invoke(MESSAGES, { resume: throughJson(error) });
    expect(message.text).toBe(SCRIPT.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
  });
});

describe("`resume` of a graph", () => {
  it("is refused by field, before anything is asked", async () => {
    const { router } = scriptedRouter({ small: { dieAt: TAG + 10 } });
    const resume = throughJson(await errorOf(router.invoke(MESSAGES)));
    const graph = graphOf({}, { delimiter: "\n" });
    const error = await errorOf(graph.invoke({ messages: MESSAGES, resume }, THREAD));
    expect(error).toMatchObject({ reason: "invalid_input" });
    expect(error.message).toContain("`resume.router.delimiter`");
  });

  it("waits for a judge that was being asked", async () => {
    const judged: string[] = [];
    const verify = (judge: () => Promise<number>) =>
      ({ by: judge, threshold: 0.5, when: "always", timeoutMs: 60_000 }) as const;
    const abort = new AbortController();
    const { router } = scriptedRouter(
      {},
      {
        verify: verify(async () => {
          abort.abort();
          return new Promise<number>(() => undefined);
        }),
      },
    );
    const broken = await errorOf(router.invoke(MESSAGES, { signal: abort.signal }));
    const resume = throughJson(broken);
    expect(resume.thought.waits).toMatchObject({ for: "verdict" });
    const judge = async () => {
      judged.push("asked");
      return 0.1;
    };
    const graph = graphOf({}, { verify: verify(judge) });
    const { messages } = await graph.invoke({ messages: MESSAGES, resume }, THREAD);
    expect(messages.at(-1)?.additional_kwargs.reasoning_content).toBe(THOUGHT);
    // Both steps of small's.
    expect(judged).toHaveLength(2);
    const unjudged = await graphOf().invoke({ messages: MESSAGES, resume }, THREAD);
    expect(unjudged.messages.at(-1)?.text).toBe(SCRIPT.answer);
  });
});
