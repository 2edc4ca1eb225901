import { expect } from "vitest";
import { readResume } from "../../src/langchain/resume/read-resume.js";
import { resumableBy, resumeState } from "../../src/langchain/resume/resume-state.js";
import type { Judge } from "../../src/router/judge-step.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { RouteEvent } from "../../src/router/route-event.js";
import { routeThought } from "../../src/router/route-thought.js";
import { routingRecord } from "../../src/router/route-trace.js";
import type { Opening, Role, StepWriter, Written } from "../../src/router/step-writer.js";
import { ThoughtError } from "../../src/router/thought-error.js";
import type { ThoughtState } from "../../src/router/thought-state.js";
import { answerWatcher } from "../../src/router/watch-answer.js";
import { type Run, tickingClock } from "../router/run-thought.js";

export interface Pair {
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  readonly judge?: Judge | undefined;
}

/** What kills a run: nothing; before the n-th item of its streams; behind its n-th event, by an abort. */
export type Death = { readonly item: number } | { readonly event: number } | null;

interface LivedRun {
  readonly events: RouteEvent[];
  /** `null` where it was killed. */
  readonly state: ThoughtState | null;
  /** As it comes out of JSON. */
  readonly left: ThoughtState | null;
  readonly items: number;
}

/** One process: it may go on with what another has left, and may be killed. */
export async function live(
  pair: Pair,
  config: RouteConfig,
  death: Death,
  left?: ThoughtState,
): Promise<LivedRun> {
  const events: RouteEvent[] = [];
  const abort = new AbortController();
  const counted = { items: 0 };
  const writers = mortal(pair.writers, counted, death);
  const { topLogprobs } = config;
  const small = { writer: writers.small, opening: pair.openings.small, topLogprobs };
  const loop = routeThought({
    config,
    writers,
    openings: pair.openings,
    judge: pair.judge,
    watcher: answerWatcher(small),
    signal: abort.signal,
    left,
    now: tickingClock(),
    pause: async () => undefined,
  });
  try {
    for (let item = await loop.next(); ; item = await loop.next()) {
      if (item.done) return { events, state: item.value, left: null, items: counted.items };
      events.push(item.value);
      if (death !== null && "event" in death && events.length > death.event) {
        abort.abort(new Error("killed"));
      }
    }
  } catch (error) {
    if (!(error instanceof ThoughtError) || error.left === null) throw error;
    expect(error.message).toBe("killed");
    return { events, state: null, left: throughJson(error.left, config), items: counted.items };
  }
}

function mortal(
  writers: Pair["writers"],
  counted: { items: number },
  death: Death,
): Pair["writers"] {
  const dying = (writer: StepWriter): StepWriter => ({
    ...writer,
    async *write(...request): AsyncGenerator<Written> {
      for await (const written of writer.write(...request)) {
        if (death !== null && "item" in death && counted.items++ === death.item) {
          throw new Error("killed");
        }
        if (death === null) counted.items++;
        yield written;
      }
    },
  });
  return { small: dying(writers.small), large: dying(writers.large) };
}

/** All that another process finds, checked as it checks it. */
function throughJson(left: ThoughtState, config: RouteConfig): ThoughtState {
  const by = resumableBy({ point: undefined, ...config, answerIn: "text" });
  const text = JSON.stringify(resumeState(left, [], by));
  return readResume(JSON.parse(text), [], by);
}

/** A reply by several processes, each of which was killed but the last. */
export async function liveOn(
  pair: () => Pair,
  config: RouteConfig,
  deaths: readonly Death[],
): Promise<{ readonly run: Run; readonly lives: number }> {
  const events: RouteEvent[] = [];
  let left: ThoughtState | undefined;
  for (const [life, death] of [...deaths, null].entries()) {
    const lived = await live(pair(), config, death, left);
    expectTold(events, lived.events, left);
    events.push(...lived.events);
    if (lived.state !== null) return { run: runOf(events, lived.state, config), lives: life + 1 };
    left = lived.left ?? undefined;
  }
  throw new Error("The last life was not to end.");
}

/** What a process says of the reply so far is what those before it have handed out. */
function expectTold(
  before: readonly RouteEvent[],
  [first]: readonly RouteEvent[],
  left: ThoughtState | undefined,
): void {
  if (left === undefined) return expect(first?.type).not.toBe("thought-resumed");
  const { thought, answer } = textsOf(before);
  expect(first).toMatchObject({ type: "thought-resumed", thought, answer });
}

function textsOf(events: readonly RouteEvent[]) {
  const text = (type: "text-delta" | "answer-delta") =>
    events.map((event) => (event.type === type ? event.text : "")).join("");
  return { thought: text("text-delta"), answer: text("answer-delta") };
}

function runOf(events: readonly RouteEvent[], state: ThoughtState, config: RouteConfig): Run {
  const { answerBy } = config;
  const record = routingRecord(state, { threshold: 1, answerBy, openings: null });
  return { events, state, record, ...textsOf(events) };
}
