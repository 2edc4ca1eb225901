import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Judge } from "../../src/router/judge-step.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { routeThought } from "../../src/router/route-thought.js";
import { ThoughtError } from "../../src/router/thought-error.js";
import { CONFIG, failure, run, tickingClock } from "./run-thought.js";
import { CLOSE, closed, fused, step } from "./scripted-requests.js";
import { CUT, Script, type ScriptItem, SILENCE } from "./scripted-writer.js";
import { bare, chunk, end, HIGH, textless, token } from "./tokens.js";

/** Doubts the steps with one of the words; until it says so, all that comes at once is read. */
function slow(...words: readonly string[]): Judge {
  return async ({ step: text }) => {
    await turn();
    await turn();
    return { value: words.some((word) => text.includes(word)) ? 0.9 : 0.1 };
  };
}

function ahead(judge: Judge, maxAheadTokens = 64, config: Partial<RouteConfig> = {}) {
  const verify = { by: "test", threshold: 0.5, when: "always", onFailure: "accept" } as const;
  return { judge, config: { verify: { ...verify, timeoutMs: 1000, maxAheadTokens }, ...config } };
}

const STEP_TWO = [token("Two"), token(" is"), token(" so.\n\n")];

describe("small's stream is read on while a step is judged", () => {
  it("an accepted step: what was read is there, and nothing is asked for anew", async () => {
    const { record, thought } = await run(
      [
        fused("", [token("One.\n\n"), ...STEP_TWO, ...CLOSE, SILENCE]),
        closed("One.\n\nTwo is so.\n\n"),
      ],
      ahead(slow()),
    );
    expect(thought).toBe("One.\n\nTwo is so.\n\n");
    expect(record.steps.map(({ verified }) => verified?.aheadTokens)).toEqual([4, 1]);
    expect(record.requests).toEqual({ small: 1, large: 1 });
    expect(record.usage.small.discarded_tokens).toBe(0);
  });

  it("a rejected one: it is thrown away, too, and counted beside the step", async () => {
    const { record } = await run(
      [
        fused("", [token("One"), token(".\n\n"), ...STEP_TWO, SILENCE]),
        step("large", "", [bare("Eins."), end("stop")]),
        fused("Eins.\n\n", CLOSE),
        closed("Eins.\n\n"),
      ],
      ahead(slow("One")),
    );
    expect(record.steps[0]).toMatchObject({ discarded: 2, verified: { aheadTokens: 3 } });
    expect(record.usage.small.discarded_tokens).toBe(2 + 3);
  });

  it("no more of it than `maxAheadTokens`, but for the event that brings the last", async () => {
    const many = chunk(token("Two"), token(" is"), token(" so"));
    const { record } = await run(
      [
        fused("", [token("One.\n\n"), token("It"), many]),
        step("large", "", [bare("Eins."), end("stop")]),
        fused("Eins.\n\n", CLOSE),
        closed("Eins.\n\n"),
      ],
      ahead(slow("One"), 2),
    );
    expect(record.steps[0]?.verified?.aheadTokens).toBe(4);
  });

  it("a hard step behind it: large is asked when the word is there", async () => {
    const { record } = await run(
      [
        fused("", [token("One.\n\n"), token("Hard", HIGH), token(" one"), SILENCE]),
        step("large", "One.\n\n", [bare("By large."), end("stop")]),
        fused("One.\n\nBy large.\n\n", CLOSE),
        closed("One.\n\nBy large.\n\n"),
      ],
      ahead(slow()),
    );
    expect(record.steps.map(({ route }) => route)).toEqual(["small", "large"]);
  });

  it.each([
    ["EOS", [token("Two"), textless("</s>"), end("eos")], "eos", 99],
    ["its limit", [token("Two"), end("length")], "budget", 2],
  ] as const)(
    "%s behind it ends the thought when the word is there",
    async (_n, items, reason, maxThoughtTokens) => {
      const { record, thought } = await run(
        [fused("", [token("One.\n\n"), ...items]), closed("One.\n\nTwo")],
        ahead(slow(), 64, { maxThoughtTokens }),
      );
      expect(thought).toBe("One.\n\nTwo");
      expect(record.stopReason).toBe(reason);
    },
  );

  it.each([
    ["a cut", CUT as ScriptItem],
    ["an error", new Error("gone")],
  ])(
    "%s behind it matters where the step is accepted, and not where it is rejected",
    async (_n, fault) => {
      const error = await failure([fused("", [token("One.\n\n"), fault])], ahead(slow()));
      expect(error).toMatchObject({ role: "small", state: { thought: "One.\n\n" } });
      const { thought } = await run(
        [
          fused("", [token("One.\n\n"), fault]),
          step("large", "", [bare("Eins."), end("stop")]),
          fused("Eins.\n\n", CLOSE),
          closed("Eins.\n\n"),
        ],
        ahead(slow("One")),
      );
      expect(thought).toBe("Eins.\n\n");
    },
  );

  it("nothing, where a reply may cost only so much", async () => {
    const { record } = await run(
      [fused("", [token("One.\n\n"), ...CLOSE]), closed("One.\n\n")],
      ahead(slow(), 64, { maxTotalTokens: 1000 }),
    );
    expect(record.steps[0]?.verified?.aheadTokens).toBe(0);
  });

  it("an abort meanwhile leaves nothing open, and a state that can be resumed", async () => {
    const script = new Script([fused("", [token("One.\n\n"), token("Two"), SILENCE])]);
    const abort = new AbortController();
    const judge: Judge = async () => {
      await turn();
      abort.abort(new Error("enough"));
      return new Promise(() => undefined);
    };
    const { config } = ahead(judge);
    const { writers, openings } = script;
    const loop = routeThought({
      config: { ...CONFIG, ...config },
      writers,
      openings,
      judge,
      now: tickingClock(),
      signal: abort.signal,
    });
    const error = await (async () => {
      for await (const event of loop) expect(event.type).not.toBe("step-end");
    })().catch((thrown: unknown) => thrown);
    script.check();
    expect(error).toBeInstanceOf(ThoughtError);
    const { left, state } = error as ThoughtError;
    expect(left?.waits?.behind.map(({ text }) => text)).toEqual(["Two"]);
    expect(JSON.parse(JSON.stringify(left))).toEqual(left);
    expect(state?.usage.small.output_tokens).toBe(2);
  });
});
