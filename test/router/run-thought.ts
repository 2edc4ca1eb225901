import { setImmediate as turn } from "node:timers/promises";
import { expect } from "vitest";
import { entropyAbove } from "../../src/core/policies/entropy-above.js";
import { type Asides, hearAside } from "../../src/router/hear-aside.js";
import type { Judge } from "../../src/router/judge-step.js";
import { type NextRequest, nextRequest } from "../../src/router/next-request.js";
import { mayReadAhead } from "../../src/router/read-ahead.js";
import { reduceThought, type ThoughtInput } from "../../src/router/reduce-thought.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { RouteEvent } from "../../src/router/route-event.js";
import { routeThought } from "../../src/router/route-thought.js";
import { type RoutingRecord, routingRecord } from "../../src/router/route-trace.js";
import type { Opening, Role, StepWriter } from "../../src/router/step-writer.js";
import { ThoughtError } from "../../src/router/thought-error.js";
import { startThought, type ThoughtState, thoughtText } from "../../src/router/thought-state.js";
import { answerWatcher } from "../../src/router/watch-answer.js";
import { Script, type ScriptedRequest } from "./scripted-writer.js";
import { K } from "./tokens.js";

export const CONFIG: RouteConfig = {
  policy: entropyAbove(1),
  glimpse: "fused",
  delimiter: "\n\n",
  thinking: { open: "<think>", close: "</think>" },
  answerBy: "large",
  topLogprobs: K,
  answerStop: [],
  maxStepTokens: 512,
  maxThoughtTokens: 8192,
  maxAnswerTokens: 2048,
  maxSteps: 1000,
  maxHoldTokens: 512,
};

export interface Run {
  readonly events: readonly RouteEvent[];
  readonly state: ThoughtState;
  readonly thought: string;
  readonly answer: string;
  readonly record: RoutingRecord;
}

export interface RunOptions {
  readonly config?: Partial<RouteConfig>;
  readonly openings?: Partial<Record<Role, Partial<Opening>>>;
  readonly judge?: Judge;
}

interface Pair {
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  readonly judge?: Judge | undefined;
}

function asked({ writers, openings }: Script, judge: Judge | undefined): Pair {
  return { writers, openings, judge };
}

/**
 * Runs a thought over a script, which must be followed to its end, with the loop and once more with
 * `drive`: both must tell and keep the same.
 */
export async function run(
  requests: readonly ScriptedRequest[],
  { config = {}, openings, judge }: RunOptions = {},
): Promise<Run> {
  const script = new Script(requests, openings);
  const result = await runOver(asked(script, judge), { ...CONFIG, ...config });
  script.check();
  const again = new Script(requests, openings);
  const driven = await drive(asked(again, judge), { ...CONFIG, ...config });
  again.check();
  expect(driven).toEqual({ events: result.events, state: result.state });
  return result;
}

/** The error that a thought over a script ends with; no stream is left open, and the script is at its end. */
export async function failure(
  requests: readonly ScriptedRequest[],
  { config = {}, openings }: RunOptions = {},
): Promise<ThoughtError> {
  const script = new Script(requests, openings);
  const error = await runOver(script, { ...CONFIG, ...config }).catch((reason: unknown) => reason);
  script.check();
  if (error instanceof ThoughtError) return error;
  throw new Error("The thought did not fail", { cause: error });
}

/** Runs the loop over any two writers. */
export async function runOver(
  { writers, openings, judge }: Pair,
  config: RouteConfig,
): Promise<Run> {
  const events: RouteEvent[] = [];
  const now = tickingClock();
  const asides = asidesOf({ writers, openings, judge }, config);
  // Nobody waits: what is counted, and asked for again, does not depend on it.
  const pause = async (): Promise<void> => undefined;
  const loop = routeThought({ config, writers, openings, now, pause, ...asides });
  for (let item = await loop.next(); ; item = await loop.next()) {
    if (item.done) return resultOf(events, item.value, { config, openings });
    events.push(item.value);
  }
}

/** Who is asked beside the thought: the judge of the test, and small itself. */
function asidesOf({ writers, openings, judge }: Pair, { topLogprobs }: RouteConfig): Asides {
  const small = { writer: writers.small, opening: openings.small, topLogprobs };
  return { judge, watcher: answerWatcher(small) };
}

function resultOf(
  events: readonly RouteEvent[],
  state: ThoughtState,
  { config, openings }: { readonly config: RouteConfig; readonly openings: Pair["openings"] },
): Run {
  const text = (type: "text-delta" | "answer-delta") =>
    events.map((event) => (event.type === type ? event.text : "")).join("");
  const thought = text("text-delta");
  expect(thoughtText(state)).toBe(thought);
  const record = routingRecord(state, {
    threshold: 1,
    answerBy: config.thinking === false ? null : config.answerBy,
    openings,
    prices: config.prices,
  });
  return { events, state, thought, answer: text("answer-delta"), record };
}

/** Every look is one millisecond after the one before. */
export function tickingClock(): () => number {
  let time = 0;
  return () => time++;
}

/**
 * Another driver of the same reducer, as hostile as one may be: between any two inputs the state goes
 * through JSON, and it is frozen, so that a reducer that changed its input would throw.
 */
export async function drive(
  { writers, openings, judge }: Pair,
  config: RouteConfig,
  see: (state: ThoughtState, told: readonly RouteEvent[]) => void = () => undefined,
): Promise<{ events: RouteEvent[]; state: ThoughtState }> {
  const events: RouteEvent[] = [];
  let state = throughJson(startThought(openings));
  const tell = (input: ThoughtInput): void => {
    const reduced = reduceThought(config, state, input);
    expect(reduceThought(config, state, input)).toEqual(reduced);
    events.push(...reduced.events);
    state = throughJson(reduced.state);
    see(state, reduced.events);
  };
  const hear = async (): Promise<void> => {
    const heard = await hearAside(config, asidesOf({ writers, openings, judge }, config), state, {
      now: () => 0,
    });
    if (heard.type === "judged") tell({ ...heard, verdict: { ...heard.verdict, ms: 1 } });
    if (heard.type === "watched") tell({ ...heard, said: { ...heard.said, ms: 1 } });
  };
  const read = async (next: NextRequest): Promise<void> => {
    tell({ type: "request", request: next });
    const abort = new AbortController();
    const stream = writers[next.role].write(
      openings[next.role],
      next.thought,
      next.how,
      abort.signal,
    );
    const iterator = stream[Symbol.asyncIterator]();
    let isOpen = true;
    let peeked: ReturnType<typeof iterator.next> | null = null;
    const peek = () => {
      peeked ??= iterator.next();
      return peeked;
    };
    const readItem = async (): Promise<void> => {
      const { done, value } = await peek();
      peeked = null;
      isOpen = !done && value.type === "text";
      if (!done) tell({ type: "written", written: value, ms: 1 });
      else
        tell({
          type: "cut",
          reason: "cut",
          resumption: writers[next.role].resumption ?? null,
          ms: 1,
        });
    };
    /** All that comes at once, before the judge is asked. */
    const readAhead = async (): Promise<void> => {
      while (mayReadAhead(config, state)) {
        const item = await Promise.race([peek().catch(() => null), turn(null)]);
        if (item === null || item.done || item.value.type !== "text") return;
        peeked = null;
        tell({ type: "written", written: item.value, ms: 0 });
      }
    };
    while (state.stream !== null) {
      await (state.waits === null ? readItem() : readAhead().then(hear));
      if (state.stream === null && isOpen) abort.abort();
    }
  };
  for (let next = nextRequest(config, state); next !== null; next = nextRequest(config, state)) {
    if (state.waits !== null) await hear();
    else if ("outOfRoom" in next) tell({ type: "out-of-room", reason: next.outOfRoom });
    else await read(next);
  }
  return { events, state };
}

function throughJson(state: ThoughtState): ThoughtState {
  const copy: ThoughtState = JSON.parse(JSON.stringify(state));
  expect(copy).toEqual(state);
  return frozen(copy);
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).map(frozen);
  return value;
}

/** What the record says of each step, short enough to read: `small 0.2 boundary`. */
export function partsOf({ record }: Run): string[] {
  return record.steps.flatMap(({ entropy, parts }) =>
    parts.map(({ route, end }, index) => {
      const isGlimpsed = index === 0 && entropy !== null;
      return `${route} ${isGlimpsed ? entropy.toFixed(1) : "-"} ${end}`;
    }),
  );
}
