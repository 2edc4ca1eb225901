import { followSignal } from "../core/linked-signals.js";
import { type AsideCost, asideCost } from "./aside.js";
import { runsOn, writtenTokens } from "./count-written.js";
import type { Purpose } from "./open-stream.js";
import type { RouteConfig, WarmConfig } from "./route-config.js";
import type { Warmed } from "./spent.js";
import { type Opening, otherRole, ROLES, type Role, type StepWriter } from "./step-writer.js";
import { type ThoughtState, thoughtText, tokensSoFar } from "./thought-state.js";

/** What a driver of the reducer has, and its warming needs. */
export interface WarmedThought {
  readonly config: RouteConfig;
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  readonly signal?: AbortSignal | undefined;
}

/** A request under way. */
interface Reading {
  readonly controller: AbortController;
  /** Tokens of the thought that it was sent. */
  readonly tokens: number;
  readonly inputTokens: number;
}

/** Tokens of the thought up to now. Those of a request for one step are the step's when it has ended. */
function tokensNow(state: ThoughtState): number {
  const { stream } = state;
  return stream === null || runsOn(stream)
    ? tokensSoFar(state)
    : stream.keptBefore + writtenTokens(stream);
}

/** Behind these requests the other model may be asked for the thought. */
const HANDS_OVER: ReadonlySet<Purpose> = new Set<Purpose>(["fused", "probe", "step"]);

const LEFT = Object.assign(new Error("The model is asked for more than reading."), {
  name: "AbortError",
});

/**
 * Has the server of the model that does not write read the thought, so that at a hand-off it has it in its prefix cache.
 * An effect beside the reducer: no text and no route depends on it, and what fails here fails for nobody else. At most one
 * request for each model at any time; a model that is asked itself is never waited for.
 */
export class Warming {
  readonly #of: WarmedThought;
  readonly #warm: WarmConfig;
  readonly #unfollow: () => void;
  readonly #readings: Partial<Record<Role, Reading>> = {};
  /** Tokens of the thought that each server has read. Absent: not even the prompt, as far as is known. */
  readonly #known: Partial<Record<Role, number>> = {};
  /** Who has failed is not asked again in this reply. */
  readonly #failed = new Set<Role>();
  readonly #unbooked: Warmed[] = [];

  constructor(of: WarmedThought, warm: WarmConfig) {
    this.#of = of;
    this.#warm = warm;
    // The loop may stand still in the middle of a read, or at a reader that is slow.
    this.#unfollow = of.signal === undefined ? () => undefined : followSignal(of.signal, this.stop);
  }

  /** The thought has gone on: leaves a model that is asked now, and sends the other one what is new. For each token. */
  follow(state: ThoughtState): void {
    const { stream, waits } = state;
    // Whoever is asked beside the thought may be the one that reads.
    if (waits !== null) return this.#hearAside(state);
    if (stream === null) return;
    const { role, purpose } = stream;
    if (!HANDS_OVER.has(purpose)) return this.stop();
    this.#leave(role);
    this.#known[role] = tokensNow(state);
    const other = otherRole(role);
    // Before the glimpse the other one may be asked at any moment.
    if (state.step.route === role && this.#isDue(state, other)) this.#read(state, other);
  }

  /** Leaves what is under way. The requests since it was asked last, in order. */
  end(): readonly Warmed[] {
    this.stop();
    return this.#unbooked.splice(0);
  }

  /** Leaves what is under way. */
  readonly stop = (): void => {
    for (const role of ROLES) this.#leave(role);
  };

  close(): void {
    this.#unfollow();
    this.stop();
  }

  /** A judge reads the thought for its own sake. */
  #hearAside(state: ThoughtState): void {
    this.stop();
    const { by } = this.#of.config.verify ?? {};
    if (state.waits?.for === "verdict" && by === "score") this.#known.large = tokensNow(state);
  }

  #isDue(state: ThoughtState, role: Role): boolean {
    const { roles, minTokens } = this.#warm;
    if (!roles.includes(role) || this.#failed.has(role) || this.#readings[role]) return false;
    const { promptTokens, contextSize } = state.rooms[role];
    const known = this.#known[role];
    const tokens = tokensNow(state);
    const isNew =
      known === undefined
        ? promptTokens === null || promptTokens + tokens >= minTokens
        : tokens - known >= minTokens;
    const fits = contextSize === null || (promptTokens ?? 0) + tokens < contextSize;
    return isNew && fits && state.degraded === null;
  }

  #read(state: ThoughtState, role: Role): void {
    const { writers, openings } = this.#of;
    const controller = new AbortController();
    const tokens = tokensNow(state);
    const inputTokens = (state.rooms[role].promptTokens ?? 0) + tokens;
    const reading: Reading = { controller, tokens, inputTokens };
    let answer: ReturnType<NonNullable<StepWriter["warm"]>>;
    try {
      answer = writers[role].warm?.(openings[role], thoughtText(state), controller.signal) ?? null;
    } catch {
      return this.#fail(role);
    }
    if (answer === null) return;
    this.#readings[role] = reading;
    answer.then(
      (usage) => {
        if (!this.#end(role, reading)) return;
        this.#known[role] = Math.max(this.#known[role] ?? 0, tokens);
        const estimate = { input_tokens: inputTokens, output_tokens: 1 };
        this.#book(asideCost(role, usage, estimate));
      },
      (error: unknown) => {
        if (this.#readings[role] !== reading) return;
        // Given up for somebody else's sake: as good as left.
        if (isAbort(error)) return this.#leave(role);
        this.#end(role, reading);
        this.#fail(role);
      },
    );
  }

  /** Refused, as far as anybody can tell: then it has cost nothing. */
  #fail(role: Role): void {
    this.#failed.add(role);
    this.#book({ ...asideCost(role, undefined, NOTHING), estimated: false }, true);
  }

  /** Counts as if all of it had been read: nobody tells how far a server had come. */
  #leave(role: Role): void {
    const reading = this.#readings[role];
    if (reading === undefined) return;
    this.#end(role, reading);
    reading.controller.abort(LEFT);
    const estimate = { input_tokens: reading.inputTokens, output_tokens: 0 };
    this.#book(asideCost(role, undefined, estimate));
  }

  /** @returns false where it was left before */
  #end(role: Role, reading: Reading): boolean {
    if (this.#readings[role] !== reading) return false;
    delete this.#readings[role];
    return true;
  }

  #book(asked: AsideCost, failed = false): void {
    this.#unbooked.push({ asked, failed });
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

const NOTHING = { input_tokens: 0, output_tokens: 0 };
