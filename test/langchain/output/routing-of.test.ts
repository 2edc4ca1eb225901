import { AIMessage, AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import { type GlimpRouterMessage, type RoutingRecord, routingOf } from "../../../src/index.js";
import { scriptedRouter } from "../scripted-pair.js";

describe("U7: routingOf", () => {
  it("U7: gives the record of a reply, typed", async () => {
    const { router } = scriptedRouter();
    const record: RoutingRecord | undefined = routingOf(await router.invoke("2+2?"));
    expect(record?.steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
    expect(record?.stopReason).toBe("closed");
  });

  it("U7: of a streamed reply, by its last chunk and by the chunks merged", async () => {
    const { router } = scriptedRouter();
    const chunks: GlimpRouterMessage[] = [];
    for await (const chunk of await router.stream("2+2?")) chunks.push(chunk);
    expect(chunks.map(routingOf).filter((record) => record !== undefined)).toHaveLength(1);
    const [first, ...rest] = chunks as [GlimpRouterMessage, ...GlimpRouterMessage[]];
    const whole = rest.reduce((sum, chunk) => concat(sum, chunk), first);
    expect(routingOf(whole)?.requests).toEqual({ small: 2, large: 2 });
  });

  it.each([
    ["another model's message", new AIMessage("4")],
    ["a human's", new HumanMessage("2+2?")],
    ["a chunk", new AIMessageChunk("4")],
    ["an object without metadata", {}],
    [
      "something of that name that is none of ours",
      new AIMessage({ content: "4", response_metadata: { glimprouter: { steps: 3 } } }),
    ],
    ["a text", new AIMessage({ content: "4", response_metadata: { glimprouter: "yes" } })],
  ])("U7: undefined for %s", (_what, message) => {
    expect(routingOf(message)).toBeUndefined();
  });
});
