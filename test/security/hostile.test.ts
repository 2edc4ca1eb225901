import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { afterEach, describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { GlimpRouterChatModel } from "../../src/index.js";
import { report } from "../../src/report/report.js";
import { recordOf } from "../langchain/record-of.js";
import { ScriptedChatModel, scriptedRouter } from "../langchain/scripted-pair.js";
import { toolPair, toolScript, weather } from "../langchain/tools/tool-pair.js";
import { useTracer } from "../langchain/tracing/traced.js";
import { pageOf } from "../page/page-of.js";
import { HOSTILE, hostileRun } from "../report/hostile-run.js";
import { chunksOf, eventsOf, joined, served } from "../serve/served.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { HOSTILE_ANSWER, HOSTILE_SCRIPT, HOSTILE_STEP } from "./hostile-script.js";

// The terminal: command-line.test.ts. The report in a real browser: test/report/chromium.test.ts. Every file of src/cli: test/cli/terminal.test.ts.

const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype).sort();
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(PROTOTYPE);
});

function hostileRouter() {
  return scriptedRouter({ small: { script: HOSTILE_SCRIPT }, large: { script: HOSTILE_SCRIPT } })
    .router;
}

describe("what a hostile model writes is shown, kept and passed on as words:", () => {
  it("a trace has them as they are", async () => {
    const { tracer, tree } = await useTracer();
    const reply = await hostileRouter().invoke("2+2?", { callbacks: [tracer] });
    expect(reply.text).toBe(HOSTILE_ANSWER);
    const { outputs } = await tree();
    const kept = JSON.stringify(outputs);
    for (const text of [HOSTILE_STEP, HOSTILE_ANSWER])
      expect(kept).toContain(JSON.stringify(text).slice(1, -1));
  });

  it("a checkpoint gives them back as they were", async () => {
    const model = new ScriptedChatModel({ script: HOSTILE_SCRIPT });
    const checkpointer = new MemorySaver();
    const graph = () => glimpRouterGraph({ small: model, large: model, checkpointer });
    const thread = { configurable: { thread_id: "1" } };
    await graph().invoke({ messages: [new HumanMessage(HOSTILE)] }, thread);
    const { values } = await graph().getState(thread);
    const [asked, reply] = values.messages;
    expect(asked?.text).toBe(HOSTILE);
    expect(reply?.text).toBe(HOSTILE_ANSWER);
    expect(reply?.additional_kwargs.reasoning_content).toBe(HOSTILE_STEP);
  });

  it("a report makes no markup of them", async () => {
    const page = pageOf(await report(await hostileRun()));
    const counted = ["script", "style", "img, iframe, object, embed, b, u, form, base"].map(
      (selector) => page.querySelectorAll(selector).length,
    );
    expect(counted).toEqual([2, 1, 0]);
    const attributes = Array.from(page.querySelectorAll("*")).flatMap((each) =>
      Array.from(each.attributes),
    );
    expect(attributes.filter(({ name }) => /^on/i.test(name))).toEqual([]);
    expect(attributes.filter(({ value }) => /^\s*javascript:/i.test(value))).toEqual([]);
  });

  it("a server's stream keeps its frames", async () => {
    const { ask } = served(hostileRouter());
    const events = await eventsOf(await ask({ stream: true }));
    for (const event of events) expect(event).toMatch(/^data: [^\n\r]+$/);
    expect(events.filter((event) => event === "data: [DONE]")).toEqual([events.at(-1)]);
    const chunks = await chunksOf(await ask({ stream: true }));
    expect(joined(chunks, "reasoning_content")).toBe(HOSTILE_STEP);
    expect(joined(chunks, "content")).toBe(HOSTILE_ANSWER);
    const whole = (await (await ask()).json()) as { choices: { message: object }[] };
    expect(whole.choices[0]?.message).toMatchObject({
      content: HOSTILE_ANSWER,
      reasoning_content: HOSTILE_STEP,
    });
  });

  it("a tool's arguments are data, whatever they are called", async () => {
    const args = '{"__proto__": {"hacked": 1}, "constructor": {"prototype": {"hacked": 1}}';
    const call = `<tool_call>{"name": "weather", "arguments": ${args}, "city": "Oslo"}}</tool_call>`;
    const pair = await toolPair({ model: toolScript(call) });
    const router = pair.router().bindTools([weather]);
    const invoked = await router.invoke("Weather?");
    let streamed: Awaited<ReturnType<typeof router.invoke>> | undefined;
    for await (const chunk of await router.stream("Weather?")) {
      streamed = streamed === undefined ? chunk : streamed.concat(chunk);
    }
    for (const message of [invoked, streamed]) {
      expect(message?.tool_calls).toHaveLength(1);
      expect(message?.tool_calls?.[0]).toMatchObject({ name: "weather", args: { city: "Oslo" } });
    }
    expect(({} as { hacked?: unknown }).hacked).toBeUndefined();
  });

  it.each(["__proto__", "constructor", "hasOwnProperty"])(
    "a token that is called %s is a token",
    async (token) => {
      const server = await fakeVllm({
        script: { steps: [{ text: `${token} is it.`, entropy: 0.4 }], answer: "Yes." },
      });
      const model = chatOpenAI(server);
      const router = new GlimpRouterChatModel({ small: model, large: model, continuation: "vllm" });
      const [step] = recordOf(await router.invoke("2+2?")).steps;
      expect(step).toMatchObject({ token, route: "small" });
      expect(step?.entropy).toBeCloseTo(0.4, 2);
    },
  );
});
