import { RunnableLambda } from "@langchain/core/runnables";
import { DynamicStructuredTool, tool } from "@langchain/core/tools";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { createAgent } from "langchain";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { GlimpRouterMessage } from "../../../src/index.js";
import { inputOf } from "../output/token-surfaces.js";
import { toolPair, weather } from "./tool-pair.js";

const schema = z.object({ city: z.string() });
const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
};

describe("L11: a tool is named in any form", () => {
  it.each([
    ["its name", "weather"],
    ["OpenAI's", { type: "function", function: { name: "weather" } }],
    ["Anthropic's", { type: "tool", name: "weather" }],
    ["OpenAI's of its Responses API", { type: "function", name: "weather" }],
  ])("L11: %s", async (_form, tool_choice) => {
    const { large, router } = await toolPair();
    await router().bindTools([weather], { tool_choice }).invoke("Oslo?");
    const { body } = large.to("/v1/chat/completions").at(-1) ?? {};
    expect(body?.tool_choice).toEqual({ type: "function", function: { name: "weather" } });
  });

  it("L11: none by name, in Anthropic's form", async () => {
    const { large, router } = await toolPair();
    const tool_choice = { type: "any" };
    await router().bindTools([weather], { tool_choice }).invoke("Oslo?");
    expect(large.to("/v1/chat/completions").at(-1)?.body.tool_choice).toBe("required");
  });
});

describe("a tool is bound in any of its forms", () => {
  it.each([
    ["tool()", tool(() => "", { name: "weather", description: "d", schema })],
    [
      "a tool with a JSON schema",
      tool(() => "", { name: "weather", description: "d", schema: parameters as never }),
    ],
    [
      "a DynamicStructuredTool",
      new DynamicStructuredTool({
        name: "weather",
        description: "d",
        schema,
        func: async () => "",
      }),
    ],
    [
      "a runnable as tool",
      RunnableLambda.from(() => "").asTool({ name: "weather", description: "d", schema }),
    ],
    ["name, description and schema", { name: "weather", description: "d", schema }],
    [
      "OpenAI's format",
      { type: "function", function: { name: "weather", description: "d", parameters } },
    ],
  ])("%s", async (_form, given) => {
    const { large, router } = await toolPair();
    await router()
      .bindTools([given as never])
      .invoke("Oslo?");
    const { body } = large.to("/v1/chat/completions").at(-1) ?? {};
    expect(body?.tools).toMatchObject([
      {
        type: "function",
        function: {
          name: "weather",
          description: "d",
          parameters: { type: "object", properties: { city: { type: "string" } } },
        },
      },
    ]);
  });
});

describe("an agent over the router", () => {
  it.each([
    ["createAgent of langchain", createAgent],
    [
      "createReactAgent of langgraph",
      ({ model, tools }: { model: never; tools: never }) => createReactAgent({ llm: model, tools }),
    ],
  ] as const)("calls its tool and answers: %s", async (_name, create) => {
    const { router } = await toolPair();
    const agent = create({ model: router() as never, tools: [weather] as never });
    const { messages } = await agent.invoke(inputOf("Weather in Oslo?"));
    const shown = messages.map((message: { type: string; text: string }) => [
      message.type,
      message.text,
    ]);
    expect(shown).toEqual([
      ["human", "Weather in Oslo?"],
      ["ai", ""],
      ["tool", "Rain in Oslo."],
      ["ai", "It rains."],
    ]);
  });
});

it("returns messages whose usage has a type", async () => {
  const { router } = await toolPair();
  const message = await router().invoke("Oslo?");
  expectTypeOf(message).toEqualTypeOf<GlimpRouterMessage>();
  expectTypeOf(message.usage_metadata?.total_tokens).toEqualTypeOf<number | undefined>();
  expect(message.usage_metadata?.total_tokens).toBeGreaterThan(0);
});
