import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import { chatOpenAI, fakeVllm } from "../vllm/vllm-setup.js";
import { ScriptedChatModel, type ScriptedChunk } from "./scripted-chat-model.js";

const BROKEN = Object.assign(new Error("Overloaded"), { status: 529 });
const DONE: ScriptedChunk = { content: "", response_metadata: { finish_reason: "stop" } };

async function routed(replies: readonly (readonly ScriptedChunk[])[], maxRetries = 1) {
  const small = chatOpenAI(await fakeVllm());
  const large = new ScriptedChatModel(replies, { maxRetries });
  return { large, router: new GlimpRouterChatModel({ small, large }) };
}

describe("a prompted model whose stream breaks", () => {
  it("is asked to go on with its step, and the record says so", async () => {
    const { large, router } = await routed([
      ["No: 2 a", BROKEN],
      ["nd 2 are 4.", DONE],
      ["It is 4.", DONE],
    ]);
    const reply = await router.invoke("2+2?");
    expect(reply.additional_kwargs.reasoning_content).toContain("\n\nNo: 2 and 2 are 4.\n\nYes");
    expect(recordOf(reply)).toMatchObject({
      continuation: { large: "ask" },
      retries: [{ step: 2, role: "large", reason: "error", prompted: true }],
      requests: { large: 3 },
    });
    expect(large.asked(0)).toContain("Write its next step, exactly one;");
    expect(large.asked(1)).toContain("No: 2 a\n</thought_so_far>");
    expect(large.asked(1)).toContain("Its last step was broken off");
  });

  it("is asked for its answer again where nothing of it was there", async () => {
    const empty: ScriptedChunk = { content: "" };
    const { router } = await routed([
      ["No.", DONE],
      [empty, BROKEN],
      ["It is 4.", DONE],
    ]);
    const reply = await router.invoke("2+2?");
    expect(reply.text).toBe("It is 4.");
    expect(recordOf(reply).retries).toMatchObject([{ step: null, afterTokens: 0, prompted: true }]);
  });

  it("and else the reply fails: what was handed out cannot be taken back (what may be a thought of its own is held)", async () => {
    const { large, router } = await routed([
      ["No.", DONE],
      ["{ It ", BROKEN],
    ]);
    await expect(router.invoke("2+2?")).rejects.toMatchObject({
      role: "large",
      status: 529,
      thought: expect.stringContaining("No."),
    });
    expect(large.calls).toHaveLength(2);
  });

  it("is asked again behind a 429 that does not say when to come back, within its `maxRetries`", async () => {
    const limited = Object.assign(new Error("Too many requests"), { status: 429 });
    const { router, large } = await routed([[limited], ["No.", DONE], ["It is 4.", DONE]]);
    expect((await router.invoke("2+2?")).text).toBe("It is 4.");
    expect(large.calls).toHaveLength(3);
    const never = await routed([[limited]], 0);
    await expect(never.router.invoke("2+2?")).rejects.toMatchObject({ status: 429, role: "large" });
    expect(never.large.calls).toHaveLength(1);
  });

  it("is asked no oftener than its own `maxRetries` says, over the reply", async () => {
    const { large, router } = await routed([
      ["No: ", BROKEN],
      ["2", BROKEN],
    ]);
    await expect(router.invoke("2+2?")).rejects.toMatchObject({ status: 529 });
    expect(large.calls).toHaveLength(2);
  });
});
