import type { ListedToken } from "../core/align-tokens.js";
import type { Json } from "../core/json.js";
import type { Route } from "../core/route-policy.js";
import { type ContextRoom, checkRoom, contextRoom } from "../core/thought-budget.js";
import type { TokenDistribution } from "../core/token-distribution.js";
import type { RetryRecord } from "./cut.js";
import type { DegradedRecord } from "./degraded.js";
import type { OpenStream } from "./open-stream.js";
import type { Speculation } from "./speculation.js";
import { NO_USAGE, type RequestCounts, type UsageCounts, type WarmCounts } from "./spent.js";
import type {
  AnswerRecord,
  DecisionRecord,
  PartRecord,
  StepRecord,
  StopReason,
  VerifiedRecord,
  WatchRecord,
} from "./step-record.js";
import type { Opening, Role } from "./step-writer.js";
import type { JudgedFrom } from "./verification.js";
import type { Waiting } from "./waiting.js";

/** A token that small wrote and that the point has not read yet: what follows it may still be a tag. */
export interface UnreadToken {
  readonly text: string;
  /** UTF-16 offset in the step's text. */
  readonly at: number;
  readonly tokens: number;
  /** `null` where it was not wanted. */
  readonly listed: ListedToken | null;
}

/** The token at which a decision may fall. */
export interface LastToken {
  readonly text: string;
  readonly at: number;
  /** Of `distribution`, in nats. */
  readonly entropy: number;
  /** Made when it is looked at. */
  readonly distribution: TokenDistribution;
}

/** What a point has seen of the step under way. */
export interface PointReading {
  /** The point's own state. */
  state: Json;
  unread: readonly UnreadToken[];
  /** Offset and number of tokens, in turns, of what a hand-off may still cut off. */
  marks: readonly number[];
  /** Entropies in nats of the tokens that counted since the last occasion. */
  entropies: readonly number[];
  /** The token that was read last. */
  last: LastToken | null;
  /** A final ask of this step was answered. */
  settled: boolean;
  /** Too much was held back: the point is not asked any more in this step. */
  passed: boolean;
}

/** Where a part of a step begins: offset in the step's text, its tokens and milliseconds before. */
export interface PartBegin {
  readonly from: number;
  readonly tokens: number;
  readonly ms: number;
  /** What requests that are over told of the part, less what the open one had told before. */
  readonly speculation: Speculation | null;
}

/** The step under way. */
export interface OpenStep {
  /** Text since the last boundary, blank lead included. */
  text: string;
  /** What other parts than the one under way have of it. */
  parts: readonly PartRecord[];
  /** Where the part under way begins. */
  part: PartBegin;
  /** `null` where the step's first token decides: then nothing is to be followed. */
  reading: PointReading | null;
  decisions: readonly DecisionRecord[];
  highest: DecisionRecord | null;
  discarded: number;
  /** What is to be judged at the step's end, and held back until then; `null`: nothing, or too much was held. */
  judgedFrom: JudgedFrom | null;
  /** What large writes anew. */
  verified: VerifiedRecord | null;
  /** What follows `text` and may be the beginning of a tag: not yet part of the step. */
  held: string;
  /** The token that `held` began with, as long as the step's glimpse may be its. */
  heldFrom: ListedToken | null;
  /** Tokens of what may be an opening tag: `held` before the step has begun. */
  heldTokens: number;
  /** What large wrote before its first word and `text` does not keep: only for what its own stream is gone on with. */
  dropped: string;
  /** How much of `text` was handed out as it came. */
  emitted: number;
  /** A non-blank character was written. */
  begun: boolean;
  /** The end of `text`, from its first word on, in which a delimiter may have begun. */
  tail: string;
  /** `step-start` was told. */
  started: boolean;
  /** Who writes the part under way; `null` before the glimpse. */
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

/** What must be asked for next. `small` goes on in the middle of a step, or behind a low probe; `rest`: large, for good. */
type Phase = "glimpse" | "small" | "large" | "rest" | "answer" | "done";

/** All there is to know of a thought under way. Plain JSON: another process can go on from it. */
export interface ThoughtState {
  phase: Phase;
  /** Somebody else's word is awaited before the thought goes on. */
  waits: Waiting | null;
  /** Text of the ended steps, each with its boundary. */
  thought: string;
  step: OpenStep;
  stream: OpenStream | null;
  steps: readonly StepRecord[];
  /** Texts of the last ended steps, for `isRepetition`. */
  recent: readonly string[];
  /** The last step was a repetition: the next one goes to large whatever its glimpse. */
  forced: boolean;
  /** The most tokens that large writes before small goes on in the same step; `null`: to the step's end. */
  turn: number | null;
  /** The point's state at the end of the last step that it read; `null` before the first. */
  pointState: Json | null;
  /** What policies left for their next decision: the router's under `""`, those of a point's parts under its name. */
  policyStates: Readonly<Record<string, Json>>;
  /** Large was asked for the rest of the thought. */
  untilEnd: boolean;
  /** How often large was asked to write a part. */
  handoffs: number;
  /** Tokens that small has written since large did last; `null`: large has not written yet. */
  sinceLarge: number | null;
  /** Kept tokens of the thought. */
  thoughtTokens: number;
  rooms: { readonly small: ContextRoom; readonly large: ContextRoom };
  /** How sure small was of the answer, where it was asked. */
  watched: readonly WatchRecord[];
  requests: RequestCounts;
  usage: UsageCounts;
  stopReason: StopReason | null;
  answer: AnswerRecord | null;
  answerMs: number;
  /** The answer's text, while it is written: a cut stream is opened again behind it. */
  answerText: string;
  /** Tokens of it that streams before the open one have written. */
  answerTokens: number;
  /** Streams that were cut and opened again. */
  retries: readonly RetryRecord[];
  /** Requests that only had a server read; `null`: none. */
  warm: WarmCounts | null;
  /** The model that is out, and whose part the other one has taken; `null`: none. */
  degraded: DegradedRecord | null;
}

const FIRST_PART: PartBegin = { from: 0, tokens: 0, ms: 0, speculation: null };

export function emptyStep(): OpenStep {
  return {
    text: "",
    parts: [],
    part: FIRST_PART,
    reading: null,
    decisions: [],
    highest: null,
    discarded: 0,
    judgedFrom: null,
    verified: null,
    held: "",
    heldFrom: null,
    heldTokens: 0,
    dropped: "",
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

/**
 * The state before the first request.
 *
 * @throws RouteError `context` where a prompt leaves no room for an answer
 */
export function startThought(openings: Readonly<Record<Role, Opening>>): ThoughtState {
  const rooms = roomsOf(openings);
  return {
    phase: "glimpse",
    waits: null,
    thought: "",
    step: emptyStep(),
    stream: null,
    steps: [],
    recent: [],
    forced: false,
    turn: null,
    pointState: null,
    policyStates: {},
    untilEnd: false,
    handoffs: 0,
    sinceLarge: null,
    thoughtTokens: 0,
    rooms,
    watched: [],
    requests: { small: 0, large: 0 },
    usage: { small: NO_USAGE, large: NO_USAGE },
    stopReason: null,
    answer: null,
    answerMs: 0,
    answerText: "",
    answerTokens: 0,
    retries: [],
    warm: null,
    degraded: null,
  };
}

/** @throws RouteError `context` where a prompt leaves no room for an answer */
export function roomsOf(openings: Readonly<Record<Role, Opening>>): ThoughtState["rooms"] {
  const rooms = { small: contextRoom(openings.small), large: contextRoom(openings.large) };
  checkRoom("small", rooms.small);
  checkRoom("large", rooms.large);
  return rooms;
}

/** Tokens of the thought so far, those of the step under way included. */
export function tokensSoFar({ thoughtTokens, step }: ThoughtState): number {
  return thoughtTokens + step.tokens + step.heldTokens;
}

/** The thought's text so far, verbatim; what may still turn out to be a tag is left out. */
export function thoughtText(state: ThoughtState): string {
  return state.thought + state.step.text;
}
