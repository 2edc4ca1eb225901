import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { recordOf } from "../record-of.js";
import { ScriptedChatModel } from "../scripted-pair.js";

/** 60 ms a token: the thought takes seconds. */
function slowRouter(options: Partial<GlimpRouterFields> = {}) {
  const [small, large] = [
    new ScriptedChatModel({ tokenDelayMs: 60 }),
    new ScriptedChatModel({ tokenDelayMs: 5 }),
  ];
  return { small, large, router: new GlimpRouterChatModel({ small, large, ...options }) };
}

describe("deadlineMs", () => {
  it("aborts the reply, with the thought so far, by a TimeoutError that names it", async () => {
    const { router, small } = slowRouter({ deadlineMs: 250 });
    const error = await router.invoke("2+2?").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "TimeoutError",
      reason: "aborted",
      thought: expect.stringMatching(/^First/),
      message: expect.stringContaining("`deadlineMs`, 250 ms"),
    });
    expect(small.openStreams).toBe(0);
  });

  it('closes the thought with onDeadline: "answer", and the answer is whole', async () => {
    const { router, small, large } = slowRouter({ deadlineMs: 250, onDeadline: "answer" });
    const reply = await router.invoke("2+2?");
    expect(reply.text).toBe("The answer is 4.");
    const record = recordOf(reply);
    expect(record).toMatchObject({ stopReason: "deadline", steps: [{ step: 1, end: "length" }] });
    expect([small.openStreams, large.openStreams]).toEqual([0, 0]);
  });

  it("that is not reached changes nothing", async () => {
    const { router } = slowRouter({
      deadlineMs: 60_000,
      onDeadline: "answer",
      stallTimeoutMs: 5_000,
    });
    expect(recordOf(await router.invoke("2+2?"))).toMatchObject({ stopReason: "closed" });
  });

  it.each<[Partial<GlimpRouterFields>, RegExp]>([
    [{ deadlineMs: 0 }, /`deadlineMs`.*whole number of milliseconds/],
    [{ stallTimeoutMs: 2 ** 31 }, /`stallTimeoutMs`.*1 to 2147483647/],
    [{ onDeadline: "answer" }, /`onDeadline`.*Give `deadlineMs`, too/],
    [{ onDeadline: "answer", deadlineMs: 5, thinking: false }, /`onDeadline`.*no answer behind/],
  ])("%j is refused", (options, said) => {
    expect(() => slowRouter(options)).toThrow(said);
  });
});
