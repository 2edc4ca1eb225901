import { type ListedToken, listedToken, type TextPiece } from "../core/align-tokens.js";
import type { Ask, GlimpsePoint } from "../core/points/glimpse-point.js";
import { firstNonBlank } from "../core/step-boundary.js";
import type { RouteConfig } from "./route-config.js";
import { hasCandidates, lastToken, seenToken } from "./seen-token.js";
import { tokensFrom } from "./step-tokens.js";
import type { CandidatesWanted } from "./step-writer.js";
import { answerAsk, noteFirst } from "./take-glimpse.js";
import type { ThoughtDraft } from "./thought-draft.js";
import type { OpenStep, PointReading, ThoughtState, UnreadToken } from "./thought-state.js";

/** Begins to follow a step with its first token, which is read when its text is certain. */
export function openReading(
  { state }: ThoughtDraft,
  point: GlimpsePoint,
  first: UnreadToken,
): void {
  state.step.route = "small";
  state.step.reading = {
    state: point.start(state.pointState),
    unread: [first],
    marks: [],
    entropies: [],
    last: null,
    settled: false,
    passed: false,
  };
}

/** A token of a step that small has begun. It is read when it is certain that its text is the step's. */
export function queueToken(
  { state: { step } }: ThoughtDraft,
  { text, first, tokens }: TextPiece,
): void {
  const { reading } = step;
  if (reading === null || reading.passed || step.route !== "small") return;
  const at = step.text.length + step.held.length;
  reading.unread = [...reading.unread, { text, at, tokens, listed: first }];
}

/**
 * Reads the tokens whose text is the step's by now.
 *
 * @returns the ask that large has won, `null` where small goes on
 */
export function readCertain(draft: ThoughtDraft): Ask | null {
  const { config, state } = draft;
  const { point } = config;
  while (point !== undefined) {
    const [next] = state.step.reading?.unread ?? [];
    if (next === undefined) break;
    // The rest of it may be the beginning of a closing tag.
    if (next.at + next.text.length > state.step.text.length) {
      keepUnread(state.step);
      break;
    }
    const ask = readNext(draft, point, next);
    if (ask !== null) return ask;
  }
  if (point !== undefined) boundHold(draft, point);
  return null;
}

/**
 * The step is over, with all the text that it has: what is still unread is read, and the open decision falls.
 *
 * @returns the ask that large has won, `null` where the step stays as it is
 */
export function endReading(draft: ThoughtDraft): Ask | null {
  const { config, state } = draft;
  const { point } = config;
  if (point === undefined || state.step.route !== "small") return null;
  const end = state.step.text.length;
  for (let [next] = unreadOf(state.step); next !== undefined; [next] = unreadOf(state.step)) {
    const text = next.text.slice(0, Math.max(0, end - next.at));
    const ask = readNext(draft, point, { ...next, text });
    if (ask !== null) return ask;
  }
  const { reading, text } = state.step;
  // A closing tag or EOS where a step would begin, and no decision fell at it.
  if (reading === null || reading.passed || firstNonBlank(text) === -1) return null;
  return firstWon(draft, listOf(point.end(reading.state)));
}

/** Nothing more of this step is read: the point's state goes on to the next one. */
export function closeReading({ state }: ThoughtDraft): void {
  if (state.step.reading === null) return;
  state.pointState = state.step.reading.state;
  state.step.reading = null;
}

/** Up to where the step's text can be handed out: no open decision may cut it off any more. */
export function certainLength({ config, state: { step } }: ThoughtDraft): number {
  const { reading, judgedFrom } = step;
  const { point } = config;
  if (step.route !== "small") return step.text.length;
  const certain = judgedFrom === null ? step.text.length : judgedFrom.cut;
  if (point === undefined || reading === null || reading.passed) return certain;
  const unread = reading.unread[0]?.at ?? Number.POSITIVE_INFINITY;
  return Math.min(certain, unread, holdsFrom(point, reading, step));
}

/** Does the point want the next token's distribution? `undefined` where there is no point to ask. */
export function wantsNext({ point }: RouteConfig, { step }: ThoughtState): CandidatesWanted {
  if (point === undefined) return undefined;
  const { reading } = step;
  if (reading === null || reading.passed || step.route !== "small") return false;
  // A token whose text is not certain is yet to be read: what the point wants behind it nobody can tell.
  if (reading.unread.length > 0 || point.wants(reading.state)) return true;
  return point.wantsToo === undefined
    ? false
    : (text) => point.wantsToo?.(reading.state, text) === true;
}

function unreadOf(step: OpenStep): readonly UnreadToken[] {
  return step.reading?.unread ?? [];
}

function readNext(draft: ThoughtDraft, point: GlimpsePoint, next: UnreadToken): Ask | null {
  const { reading } = draft.state.step;
  if (reading !== null) reading.unread = reading.unread.slice(1);
  // A step's first token is a glimpse also where it has no text of the step: a closing tag, EOS.
  const isFirst = reading?.last === null;
  return next.text === "" && !isFirst ? null : readToken(draft, point, next);
}

function readToken(draft: ThoughtDraft, point: GlimpsePoint, token: UnreadToken): Ask | null {
  const { state } = draft;
  const { listed } = token;
  const reading = state.step.reading;
  if (reading === null || reading.passed) return null;
  const isWanted = point.wants(reading.state) || isWantedToo(point, reading, token);
  const seen = seenToken(draft, isWanted, token);
  const isFirst = reading.last === null;
  const { state: next, ask } = point.read(reading.state, seen);
  reading.state = next;
  reading.marks = [...reading.marks, token.at, token.tokens];
  if (!Number.isNaN(seen.entropy)) reading.entropies = [...reading.entropies, seen.entropy];
  reading.last = lastToken(seen);
  if (isFirst && listed !== null && !Number.isNaN(seen.entropy)) {
    noteFirst(draft, listed.token, seen.entropy);
  }
  if (state.sinceLarge !== null) state.sinceLarge += token.tokens;
  const won = firstWon(draft, listOf(ask));
  if (won === null) forgetMarks(state.step, point);
  return won;
}

/** What only its text could tell. A writer that cannot hear of that may have no candidates for it. */
function isWantedToo(point: GlimpsePoint, { state }: PointReading, token: UnreadToken): boolean {
  return point.wantsToo?.(state, token.text) === true && hasCandidates(token.listed);
}

/** Asks the policy, until it says large. */
function firstWon(draft: ThoughtDraft, asks: readonly Ask[]): Ask | null {
  const { step } = draft.state;
  for (const ask of asks) {
    const isLarge = answerAsk(draft, ask);
    const { reading } = step;
    if (ask.final && reading !== null) {
      reading.entropies = [];
      reading.settled = true;
    }
    if (isLarge) return ask;
  }
  return null;
}

function listOf(ask: Ask | readonly Ask[] | null | undefined): readonly Ask[] {
  if (ask === null || ask === undefined) return [];
  return "cut" in ask ? [ask] : ask;
}

/** What an open decision may still cut off begins here; Infinity where none can. */
function holdsFrom(point: GlimpsePoint, reading: PointReading, { part }: OpenStep): number {
  const own = point.holdsFrom?.(reading.state);
  const from = own === undefined ? (reading.settled ? null : 0) : own;
  // Behind what large wrote of the step: that is out, and stays.
  return from === null || from < part.from ? Number.POSITIVE_INFINITY : from;
}

/** Marks are needed for what may be cut off. */
function forgetMarks(step: OpenStep, point: GlimpsePoint): void {
  const { reading } = step;
  if (reading === null || reading.marks.length === 0) return;
  const from = holdsFrom(point, reading, step);
  if (from === Number.POSITIVE_INFINITY) reading.marks = [];
  else if ((reading.marks[0] ?? 0) < from) {
    const kept = reading.marks.findIndex((mark, index) => index % 2 === 0 && mark >= from);
    reading.marks = kept === -1 ? [] : reading.marks.slice(kept);
  }
}

/** No reader waits for ever: past the bound the text goes out, and the point passes. */
function boundHold({ config, state: { step } }: ThoughtDraft, point: GlimpsePoint): void {
  const { reading } = step;
  if (reading === null || reading.passed) return;
  const from = holdsFrom(point, reading, step);
  if (from === Number.POSITIVE_INFINITY || tokensFrom(reading, from) <= config.maxHoldTokens)
    return;
  forgetTokens(reading);
  reading.passed = true;
}

/** What was read of a step's tokens, where nothing can be cut off any more. */
export function forgetTokens(reading: PointReading): void {
  reading.unread = [];
  reading.marks = [];
  reading.entropies = [];
}

/** A copy in plain JSON: the next event goes on from it. */
function keepUnread({ reading }: OpenStep): void {
  if (reading === null) return;
  reading.unread = reading.unread.map((each) => ({ ...each, listed: plain(each.listed) }));
}

function plain(listed: ListedToken | null): ListedToken | null {
  return listed === null ? null : listedToken(listed);
}
