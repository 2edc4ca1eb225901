import { describe, expect, it } from "vitest";
import type { RouteConfig } from "../../src/router/route-config.js";
import { routeThought } from "../../src/router/route-thought.js";
import type { Role, StepWriter, TokenUsage } from "../../src/router/step-writer.js";
import { ThoughtError } from "../../src/router/thought-error.js";
import { CONFIG, type Run, runOver, tickingClock } from "./run-thought.js";
import { CLOSE, closed, fused, step } from "./scripted-requests.js";
import { Script, type ScriptedRequest } from "./scripted-writer.js";
import { bare, end, HIGH, token } from "./tokens.js";

/** One request to be warmed, and how it is to end. */
interface Reading {
  readonly role: Role;
  readonly thought: string;
  readonly signal: AbortSignal;
  resolve(usage?: TokenUsage): void;
  reject(error: unknown): void;
}

type Answer = (reading: Reading) => void;

/** Answered at once, as a server that had it all. */
const atOnce: Answer = ({ resolve, thought }) =>
  resolve({ input_tokens: 10 + thought.length, output_tokens: 1, cached_tokens: 10 });
/** Answered when it is left: a server that hangs. */
const never: Answer = ({ signal, reject }) =>
  signal.addEventListener("abort", () => reject(signal.reason));

const throwing: Answer = () => undefined;

/** Servers that may be warmed behind a script. Whoever has one reading open and is sent another one throws. */
function warmed(script: Script, answer: Answer | null) {
  const readings: Reading[] = [];
  const open = new Set<Role>();
  const writerOf = (role: Role): StepWriter => ({
    ...script.writers[role],
    warm(from, thought, signal) {
      expect(from).toBe(script.openings[role]);
      if (answer === null) return null;
      if (answer === throwing) throw new Error("not a writer of ours");
      if (open.has(role)) throw new Error(`${role} is read to twice at once`);
      open.add(role);
      return new Promise<TokenUsage | undefined>((resolve, reject) => {
        const reading = { role, thought, signal, resolve, reject };
        readings.push(reading);
        answer(reading);
      }).finally(() => open.delete(role));
    },
  });
  return { readings, writers: { small: writerOf("small"), large: writerOf("large") } };
}

const LARGE = { roles: ["large"], minTokens: 3 } as const;
const BOTH = { roles: ["small", "large"], minTokens: 3 } as const;

const words = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => token(`${name}${index} `));
const textOf = (items: readonly { readonly text: string }[]) =>
  items.map(({ text }) => text).join("");

const EASY = [...words(7, "a"), token(".\n\n")];
const HARD = Array.from({ length: 8 }, (_, index) => bare(`b${index} `));
const LAST = [...words(2, "c"), token(".")];
const THOUGHT = `${textOf(EASY)}${textOf(HARD)}.\n\n`;

/** An easy step, one by large, and an easy one. */
const REQUESTS: readonly ScriptedRequest[] = [
  fused("", [...EASY, token("B", HIGH)]),
  step("large", textOf(EASY), [...HARD, bare(".\n\n"), end("stop")]),
  fused(THOUGHT, [...LAST, ...CLOSE]),
  closed(`${THOUGHT}${textOf(LAST)}`),
];

async function runWarmed(warm: RouteConfig["warm"], answer: Answer | null = atOnce, more = {}) {
  const script = new Script(REQUESTS);
  const { writers, readings } = warmed(script, answer);
  const { openings } = script;
  const config = { ...CONFIG, ...more, ...(warm === undefined ? {} : { warm }) };
  const result = await runOver({ writers, openings }, config);
  script.check();
  return { ...result, readings };
}

const sent = (readings: readonly Reading[], of: Role) =>
  readings.filter(({ role }) => role === of).map(({ thought }) => thought);

/** All that is not about warming. */
function rest({ events, record, state }: Run) {
  const { warm: _counts, usage, ...others } = record;
  const { warm: _same, usage: _usage, ...left } = state;
  const { warmLarge: _large, warmSmall: _small, ...both } = usage;
  return { events, others, both, left };
}

describe("warm", () => {
  it("while small writes, large's server reads what is new, every so many tokens; nothing else changes", async () => {
    const without = await runWarmed(undefined);
    const result = await runWarmed(LARGE);
    expect(without.readings).toEqual([]);
    expect(rest(result)).toEqual(rest(without));
    // The prompt with the first token; then three tokens each, behind the glimpse of a step.
    const [prompt, ...others] = sent(result.readings, "large");
    expect(prompt).toBe("a0 ");
    expect(others).toEqual([
      textOf(EASY.slice(0, 4)),
      textOf(EASY.slice(0, 7)),
      `${THOUGHT}c0 c1 .`,
    ]);
    const tokens = others.map((thought) => 10 + thought.length).reduce((a, b) => a + b, 13);
    expect(result.record.warm).toEqual({ requests: 4, inputTokens: tokens, failed: 0 });
    expect(result.record.usage.warmLarge).toEqual({
      role: "large",
      input_tokens: tokens,
      cached_tokens: 40,
      output_tokens: 4,
      discarded_tokens: 0,
      estimated: false,
    });
    expect(result.record.requests).toEqual({ small: 2, large: 2 });
    expect(without.record).not.toHaveProperty("warm");
  });

  it("both: small's server reads what large writes, in the middle of its step", async () => {
    const { readings, record } = await runWarmed(BOTH);
    expect(sent(readings, "small")).toEqual([
      textOf(EASY) + textOf(HARD.slice(0, 3)),
      textOf(EASY) + textOf(HARD.slice(0, 6)),
      THOUGHT,
    ]);
    expect(record.usage.warmSmall).toMatchObject({ role: "small", output_tokens: 3 });
    expect(record.warm?.requests).toBe(readings.length);
  });

  it("never two at once for a model, and at a hand-off it is left before the model is asked", async () => {
    const script = new Script(REQUESTS);
    const { writers, readings } = warmed(script, never);
    const { openings } = script;
    const large: StepWriter = {
      ...writers.large,
      write(...asked) {
        expect(readings.every(({ signal }) => signal.aborted)).toBe(true);
        return writers.large.write(...asked);
      },
    };
    const config = { ...CONFIG, warm: LARGE };
    const { record } = await runOver({ writers: { ...writers, large }, openings }, config);
    script.check();
    expect(sent(readings, "large")).toEqual(["a0 ", `${THOUGHT}c0 c1 .`]);
    // Nobody told how far it had come: it counts in full.
    expect(record.warm).toEqual({ requests: 2, inputTokens: 11 + 10 + 8 + 9 + 3, failed: 0 });
    expect(record.usage.warmLarge).toMatchObject({ output_tokens: 0, estimated: true });
  });

  it.each([
    ["the text is short", { ...LARGE, minTokens: 1000 }, {}],
    ["nobody has a slot to spare", LARGE, { answer: null }],
  ])("none where %s", async (_name, warm, { answer = atOnce }: { answer?: Answer | null }) => {
    const { readings, record } = await runWarmed(warm, answer);
    expect(readings).toEqual([]);
    expect(record).not.toHaveProperty("warm");
  });

  it.each<[string, Answer]>([
    ["a rejection", ({ reject }) => reject(new Error("503"))],
    ["a throw", throwing],
  ])(
    "an error is nobody's but its own, and its model is not asked again: %s",
    async (_name, answer) => {
      const result = await runWarmed(LARGE, answer);
      expect(rest(result)).toEqual(rest(await runWarmed(undefined)));
      expect(result.record.warm).toEqual({ requests: 1, inputTokens: 0, failed: 1 });
    },
  );

  it("what was given up for somebody else's sake has not failed, and is tried again", async () => {
    const gone = Object.assign(new Error("gone"), { name: "AbortError" });
    const { readings, record } = await runWarmed(LARGE, ({ reject }) => reject(gone));
    expect(readings.length).toBeGreaterThan(2);
    expect(record.warm).toMatchObject({ requests: readings.length, failed: 0 });
  });

  it("it is paid for", async () => {
    const prices = { small: { input: 0, output: 0 }, large: { input: 1_000_000, output: 0 } };
    const priced = await runWarmed(LARGE, atOnce, { prices });
    const plain = await runWarmed(undefined, atOnce, { prices });
    const inputTokens = priced.record.warm?.inputTokens ?? Number.NaN;
    expect(priced.record.cost).toBe((plain.record.cost ?? Number.NaN) + inputTokens);
  });

  it("an aborted reply leaves it at once, reader or not, and its record has it", async () => {
    const script = new Script([fused("", [...EASY, token("x")])]);
    const { writers, readings } = warmed(script, never);
    const abort = new AbortController();
    const config = { ...CONFIG, warm: LARGE };
    const { openings } = script;
    const loop = routeThought({
      config,
      writers,
      openings,
      now: tickingClock(),
      signal: abort.signal,
    });
    while (readings.length === 0) await loop.next();
    abort.abort(new Error("enough"));
    expect(readings[0]?.signal.aborted).toBe(true);
    const error = await loop.next().then(drain(loop), (reason: unknown) => reason);
    expect(error).toBeInstanceOf(ThoughtError);
    expect((error as ThoughtError).state?.warm).toMatchObject({ requests: 1 });
  });
});

function drain(loop: AsyncGenerator<unknown>): () => Promise<unknown> {
  return async () => {
    try {
      for await (const _ of loop);
      return null;
    } catch (error) {
      return error;
    }
  };
}
