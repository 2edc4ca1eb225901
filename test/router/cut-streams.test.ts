import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { always } from "../../src/core/policies/always.js";
import { markCut } from "../../src/router/cut.js";
import { tellQueued } from "../../src/router/queued-request.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { routeThought } from "../../src/router/route-thought.js";
import type { Role, StepWriter } from "../../src/router/step-writer.js";
import type { ThoughtError } from "../../src/router/thought-error.js";
import type { ThoughtState } from "../../src/router/thought-state.js";
import { CONFIG, tickingClock } from "./run-thought.js";
import { CLOSE, closed, fused, step } from "./scripted-requests.js";
import { CUT, Script, type ScriptedRequest, SILENCE } from "./scripted-writer.js";
import { bare, end, HIGH, token } from "./tokens.js";

type Resumption = StepWriter["resumption"];

const BY_TEXT: Resumption = { by: "text", retries: 2 };

interface Ended {
  readonly state: ThoughtState | null;
  readonly error: ThoughtError | null;
  readonly text: string;
  readonly waited: readonly number[];
}

/** Runs a script whose writers are gone on with; nobody really waits. */
async function runCut(
  requests: readonly ScriptedRequest[],
  {
    config = {},
    resumption = BY_TEXT,
    waits = false,
    signal,
    closeInMs,
  }: {
    config?: Partial<RouteConfig>;
    resumption?: Resumption | null;
    /** Not pretended. */
    waits?: boolean;
    signal?: AbortSignal;
    closeInMs?: number;
  } = {},
): Promise<Ended> {
  const script = new Script(requests);
  const with_ = (role: Role): StepWriter => ({
    ...script.writers[role],
    ...(resumption && { resumption }),
  });
  const waited: number[] = [];
  const pause = async (ms: number) => void waited.push(ms);
  const loop = routeThought({
    config: { ...CONFIG, ...config },
    writers: { small: with_("small"), large: with_("large") },
    openings: script.openings,
    signal,
    closeInMs,
    now: tickingClock(),
    ...(waits ? {} : { pause }),
  });
  let text = "";
  let ended: Pick<Ended, "state" | "error">;
  try {
    let item = await loop.next();
    for (; !item.done; item = await loop.next()) {
      if (item.value.type === "text-delta" || item.value.type === "answer-delta")
        text += item.value.text;
    }
    ended = { state: item.value, error: null };
  } catch (error) {
    ended = { state: null, error: error as ThoughtError };
  }
  script.check();
  return { ...ended, text, waited };
}

describe("a stream that was cut", () => {
  it("is opened again behind the last token that was kept, each resumption in the state", async () => {
    const { state, text, waited } = await runCut([
      fused("", [token("One"), token(" two"), CUT]),
      fused("One two", [token(".\n\n"), token("Hard", HIGH)]),
      step("large", "One two.\n\n", [bare("Thr"), CUT]),
      step("large", "One two.\n\nThr", [bare("ee."), end("stop")]),
      fused("One two.\n\nThree.\n\n", CLOSE),
      closed("One two.\n\nThree.\n\n"),
    ]);
    expect(text).toMatch(/^One two\.\n\nThree\.\n\n/);
    expect(state?.retries).toEqual([
      { step: 1, role: "small", reason: "cut", afterTokens: 2 },
      { step: 2, role: "large", reason: "cut", afterTokens: 1 },
    ]);
    // LangChain's first backoff, for each model its own.
    for (const ms of waited) expect(ms).toBeGreaterThanOrEqual(1_000);
    for (const ms of waited) expect(ms).toBeLessThanOrEqual(2_000);
    expect(waited).toHaveLength(2);
  });

  it("is the writer's own error where it was cut too often, counted over the reply", async () => {
    const told = markCut(new Error("500 Compute error"), "error");
    const { error, waited } = await runCut([
      fused("", [token("One"), told]),
      fused("One", [token(" two"), told]),
      fused("One two", [token("."), told]),
    ]);
    expect(error).toMatchObject({ role: "small", cause: told });
    expect(error?.state?.retries).toHaveLength(2);
    expect(waited[1]).toBeGreaterThanOrEqual(2_000);
  });

  it("is an error where its writer is not gone on with, and so is an error that says nothing of a cut", async () => {
    const { error } = await runCut([fused("", [token("One"), CUT])], { resumption: null });
    expect(error?.cause).toMatchObject({ reason: "stream_cut" });
    const refused = new Error("401");
    const second = await runCut([fused("", [token("One"), refused])]);
    expect(second.error?.cause).toBe(refused);
  });

  it("of a prompted model's answer is asked for again only where nothing was there", async () => {
    const resumption: Resumption = { by: "prompt", retries: 2 };
    const config = { policy: always("large") };
    const begin = fused("", [token("A")]);
    const large = step("large", "", [bare("So"), end("eos")]);
    const answer = { role: "large", thought: "So\n</think>\n\n", how: { topLogprobs: 0 } } as const;
    const again = await runCut(
      [begin, large, { ...answer, items: [CUT] }, { ...answer, items: [bare("42"), end("eos")] }],
      { resumption, config },
    );
    expect(again.text).toBe("So42");
    expect(again.state?.retries).toEqual([
      { step: null, role: "large", reason: "cut", afterTokens: 0, prompted: true },
    ]);
    const late = await runCut([begin, large, { ...answer, items: [bare("4"), CUT] }], {
      resumption,
      config,
    });
    expect(late.error?.cause).toMatchObject({ reason: "stream_cut" });
  });
});

describe("time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const TIMES = { firstTokenTimeoutMs: 5_000, stallTimeoutMs: 1_000 };

  async function elapsed<Result>(ms: number, work: Promise<Result>): Promise<Result> {
    await vi.advanceTimersByTimeAsync(ms);
    return work;
  }

  it.each([
    ["no-first-token", [SILENCE], "", 5_000],
    ["stalled", [token("One"), SILENCE], "One", 1_000],
  ] as const)("a silent stream is cut: %s", async (reason, items, kept, ms) => {
    const work = runCut([fused("", items), fused(kept, CLOSE), closed(kept)], { config: TIMES });
    const { state } = await elapsed(ms, work);
    expect(state?.retries).toMatchObject([{ reason }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("nobody waits for the first token of a model that is prompted, or in this process, by the clock", async () => {
    const { signal, abort } = aborting();
    const resumption: Resumption = { by: "prompt", retries: 2 };
    const work = runCut([fused("", [SILENCE])], { config: TIMES, resumption, signal });
    await vi.advanceTimersByTimeAsync(60_000);
    abort();
    expect((await work).error?.state?.retries).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("blanks, empty events and signs of life alone are silence", async () => {
    const script = new Script([]);
    const writer: StepWriter = {
      ...script.writers.small,
      resumption: { by: "text", retries: 0 },
      async *write(_from, _thought, _how, signal) {
        yield token("One");
        while (signal?.aborted !== true) {
          await new Promise((resolve) => setTimeout(resolve, 300));
          yield bare(" ");
        }
      },
    };
    const { openings } = script;
    const config = { ...CONFIG, ...TIMES };
    const loop = routeThought({
      config,
      writers: { small: writer, large: writer },
      openings,
      now: tickingClock(),
    });
    const work = (async () => {
      while (!(await loop.next()).done);
    })().catch((error: unknown) => error);
    const error = await elapsed(2_000, work);
    expect(error).toMatchObject({ cause: { message: expect.stringContaining("stallTimeoutMs") } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("what waits in a queue of ours is not silent yet", async () => {
    const script = new Script([]);
    const writer: StepWriter = {
      ...script.writers.small,
      resumption: { by: "text", retries: 0 },
      async *write(_from, _thought, _how, signal) {
        tellQueued(signal, true);
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        tellQueued(signal, false);
        await new Promise((resolve) => setTimeout(resolve, 4_900));
        yield token("One");
        yield end("eos");
      },
    };
    const { openings } = script;
    const config = { ...CONFIG, ...TIMES, thinking: false } as const;
    const loop = routeThought({
      config,
      writers: { small: writer, large: writer },
      openings,
      now: tickingClock(),
    });
    let last = loop.next();
    const work = (async () => {
      for (let item = await last; !item.done; item = await last) last = loop.next();
    })();
    await elapsed(65_000, work);
    expect((await last).done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("at its deadline a thought is closed where it stands, and answered", async () => {
    const work = runCut([fused("", [token("One"), token(" two"), SILENCE]), closed("One two")], {
      closeInMs: 500,
    });
    const { state, text } = await elapsed(500, work);
    expect(state).toMatchObject({ stopReason: "deadline", steps: [{ end: "length", tokens: 2 }] });
    expect(text).toMatch(/^One two/);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("and not opened again, where the deadline falls into a backoff", async () => {
    const requests = [fused("", [token("One"), CUT]), closed("One")];
    const { state } = await elapsed(700, runCut(requests, { closeInMs: 700, waits: true }));
    expect(state).toMatchObject({ stopReason: "deadline", steps: [{ end: "length", tokens: 1 }] });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("an abort in a backoff is heard at once, and leaves neither timer nor listener", async () => {
    const { signal, abort } = aborting();
    const work = runCut([fused("", [token("One"), CUT])], { signal, waits: true });
    await vi.advanceTimersByTimeAsync(100);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    abort();
    expect((await work).error?.state).toMatchObject({ step: { text: "One" }, stream: null });
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

function aborting(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
