import type { ListedToken, TextlessTokens } from "../core/align-tokens.js";
import type { Route } from "../core/route-policy.js";
import { type ContextRoom, checkRoom, contextRoom } from "../core/thought-budget.js";
import type { ReportedUsage } from "./count-written.js";
import type { Opening, Role } from "./step-writer.js";

/** Why a thought ended. */
export type StopReason = "closed" | "eos" | "budget" | "context" | "repetition" | "steps";

/** One step of the thought, as it is recorded in every reply's metadata. */
export interface StepRecord {
  /** The first step is 1. A step that large could not finish has a second record for what small added. */
  readonly step: number;
  readonly route: Route;
  /** H_init in nats; `null` where small went on in the middle of a step, without a glimpse. */
  readonly entropy: number | null;
  /** The glimpsed token; `null` likewise. */
  readonly token: string | null;
  /** Tokens of the thought that this step has. */
  readonly tokens: number;
  /** Milliseconds from the end of the step before, the glimpse and any wait for a server included. */
  readonly ms: number;
  readonly end: "boundary" | "close" | "eos" | "length";
}

export interface AnswerRecord {
  readonly tokens: number;
  readonly ms: number;
  readonly end: "eos" | "length" | "stop" | "tool_calls";
}

/** The step under way. */
export interface OpenStep {
  /** Text since the last boundary, blank lead included. */
  text: string;
  /** Where the text of this step's record begins: behind what large wrote of a step that it could not finish. */
  from: number;
  /** What follows `text` and may be the beginning of a tag: not yet part of the step. */
  held: string;
  /** The token that `held` began with, as long as the step's glimpse may be its. */
  heldFrom: ListedToken | null;
  /** Tokens of what may be an opening tag: `held` before the step has begun. */
  heldTokens: number;
  /** How much of `text` was handed out as it came. */
  emitted: number;
  /** A non-blank character was written. */
  begun: boolean;
  /** The end of `text`, from its first word on, in which a delimiter may have begun. */
  tail: string;
  /** `step-start` was told. */
  started: boolean;
  /** Who writes it; `null` before the glimpse. */
  route: Route | null;
  entropy: number | null;
  token: string | null;
  tokens: number;
  ms: number;
  /** A probe of one token brought half a character: a whole one is asked for. */
  halved: boolean;
  /** Large was stopped before its first character and must be asked without a stop string. */
  unstopped: boolean;
}

/** What a request is for. `turn`: a whole reply, asked for as a chat behind one glimpse. */
export type Purpose = "fused" | "probe" | "step" | "answer" | "turn";

/** The request that is being read. */
export interface OpenStream {
  readonly role: Role;
  readonly purpose: Purpose;
  readonly maxTokens: number;
  readonly limitedBy: "step" | "budget" | "context";
  /** Tokens of prompt and thought that it was given, as far as known. */
  readonly inputTokens: number;
  textless: TextlessTokens | null;
  /** Items of the writer's that were read, those without text or token included. */
  events: number;
  /** Tokens received, discarded ones included; at most `maxTokens`. */
  received: number;
  /** All text came with its tokens listed, so `received` is no estimate. */
  listed: boolean;
  /** What the server reported for this request so far, as far as it can be believed. */
  usage: ReportedUsage | null;
  /** The end of what came, where it may be half a character: no text before more of it has come. */
  half: string;
  /** Tokens of a character that a limit cut in two: generated, and not kept. */
  textlessAtEnd: number;
  /** The step's text is complete; only the reply's end, with its usage, is awaited. */
  complete: boolean;
}

/** What must be asked for next. `small` goes on in the middle of a step, or behind a low probe. */
type Phase = "glimpse" | "small" | "large" | "answer" | "done";

export interface RoleUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly estimated: boolean;
}

/** All there is to know of a thought under way. Plain JSON: another process can go on from it. */
export interface ThoughtState {
  phase: Phase;
  /** Text of the ended steps, each with its boundary. */
  thought: string;
  step: OpenStep;
  stream: OpenStream | null;
  steps: readonly StepRecord[];
  /** Texts of the last ended steps, for `isRepetition`. */
  recent: readonly string[];
  /** The last step was a repetition: the next one goes to large whatever its glimpse. */
  forced: boolean;
  /** Kept tokens of the thought. */
  thoughtTokens: number;
  rooms: { readonly small: ContextRoom; readonly large: ContextRoom };
  requests: { readonly small: number; readonly large: number };
  usage: { readonly small: RoleUsage; readonly large: RoleUsage };
  stopReason: StopReason | null;
  answer: AnswerRecord | null;
  answerMs: number;
}

export function emptyStep(): OpenStep {
  return {
    text: "",
    from: 0,
    held: "",
    heldFrom: null,
    heldTokens: 0,
    emitted: 0,
    begun: false,
    tail: "",
    started: false,
    route: null,
    entropy: null,
    token: null,
    tokens: 0,
    ms: 0,
    halved: false,
    unstopped: false,
  };
}

const NO_USAGE: RoleUsage = { input_tokens: 0, output_tokens: 0, estimated: false };

/**
 * The state before the first request.
 *
 * @throws RouteError `context` where a prompt leaves no room for an answer
 */
export function startThought(openings: Readonly<Record<Role, Opening>>): ThoughtState {
  const rooms = { small: contextRoom(openings.small), large: contextRoom(openings.large) };
  checkRoom("small", rooms.small);
  checkRoom("large", rooms.large);
  return {
    phase: "glimpse",
    thought: "",
    step: emptyStep(),
    stream: null,
    steps: [],
    recent: [],
    forced: false,
    thoughtTokens: 0,
    rooms,
    requests: { small: 0, large: 0 },
    usage: { small: NO_USAGE, large: NO_USAGE },
    stopReason: null,
    answer: null,
    answerMs: 0,
  };
}

/** Tokens of the thought so far, those of the step under way included. */
export function tokensSoFar({ thoughtTokens, step }: ThoughtState): number {
  return thoughtTokens + step.tokens + step.heldTokens;
}

/** The thought's text so far, verbatim; what may still turn out to be a tag is left out. */
export function thoughtText(state: ThoughtState): string {
  return state.thought + state.step.text;
}
