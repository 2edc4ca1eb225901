import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../src/index.js";
import { toolScript, weather } from "../langchain/tools/tool-pair.js";
import { fakeLlamacpp, llamacppModel } from "../writers/llamacpp/llamacpp-setup.js";
import { fakeSglang } from "../writers/sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";

describe("U19: the fakes' tool calls", () => {
  it.each([
    ["vLLM", async () => chatOpenAI(await fakeVllm({ model: toolScript(), toolParser: true }))],
    ["llama.cpp", async () => llamacppModel(await fakeLlamacpp({ model: toolScript() }))],
    ["SGLang", async () => chatOpenAI(await fakeSglang({ model: toolScript(), toolParser: true }))],
  ])("%s: each has an id of its own, as an agent's second turn needs", async (_server, start) => {
    const model = await start();
    const agent = new GlimpRouterChatModel({ small: model, large: model }).bindTools([weather]);
    const ids = [];
    for (let turn = 0; turn < 3; turn++) {
      const { tool_calls } = await agent.invoke([new HumanMessage("Weather in Oslo?")]);
      ids.push(...(tool_calls ?? []).map(({ id }) => id));
    }
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });
});
