import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import type { Calibration } from "../../src/index.js";
import { calibrationOf } from "../langchain/calibration/a-calibration.js";
import { SCRIPT, ScriptedChatModel } from "../langchain/scripted-pair.js";

const pairOf = (entropy = 0.2) => {
  const [first, ...others] = SCRIPT.steps;
  const script = { ...SCRIPT, steps: [{ text: first?.text ?? "", entropy }, ...others] };
  return { small: new ScriptedChatModel({ script }), large: new ScriptedChatModel() };
};

async function told(threshold: Calibration, pair: ReturnType<typeof pairOf>) {
  const graph = glimpRouterGraph({ ...pair, threshold });
  const input = { messages: [new HumanMessage("2+2?")] };
  const items: { readonly type: string }[] = [];
  for await (const item of await graph.stream(input, { streamMode: "custom" })) {
    items.push(item as { readonly type: string });
  }
  return items.map(({ type }) => type);
}

describe("a calibration in a graph", () => {
  it("is compared with the pair where the thought is opened, and told in the custom stream", async () => {
    const calibration = await calibrationOf(pairOf());
    expect(await told(calibration, pairOf())).not.toContain("glimprouter_calibration");
    const near = await told(calibration, pairOf(0.3));
    expect(near.filter((type) => type === "glimprouter_calibration")).toHaveLength(1);
    expect(near).toContain("glimprouter_step");
    await expect(told(calibration, pairOf(0.6))).rejects.toMatchObject({
      reason: "invalid_option",
    });
  });

  it("tells drift behind the answer", async () => {
    // Some twenty decisions a reply, and none of them for large.
    const point = { point: "everyToken", threshold: 2.9 };
    const made = await calibrationOf(pairOf(), point);
    const rate = { value: 0.9, lo: 0.8, hi: 1 };
    const calibration = { ...made, attained: { ...made.attained, rate } };
    const graph = glimpRouterGraph({ ...pairOf(), threshold: calibration });
    const types: string[] = [];
    for (let reply = 0; reply < 40; reply++) {
      const input = { messages: [new HumanMessage("2+2?")] };
      for await (const item of await graph.stream(input, { streamMode: "custom" })) {
        types.push((item as { readonly type: string }).type);
      }
    }
    expect(types.filter((type) => type === "glimprouter_drift")).toHaveLength(1);
  });
});
