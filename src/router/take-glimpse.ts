import type { ListedToken } from "../core/align-tokens.js";
import type { Json } from "../core/json.js";
import type { Ask, GlimpsePoint, SeenToken } from "../core/points/glimpse-point.js";
import { RouteError } from "../core/route-error.js";
import type { Glimpse, Route, RouteDecision, RoutePolicy } from "../core/route-policy.js";
import { isSmallAlone } from "./degraded.js";
import { requireCandidates } from "./require-candidates.js";
import { seenCandidates } from "./seen-candidates.js";
import { tokensFrom } from "./step-tokens.js";
import type { ThoughtDraft } from "./thought-draft.js";
import type { LastToken, OpenStep } from "./thought-state.js";
import { AskedContext, AskedGlimpse, ToldDecision } from "./told-decision.js";

/** The router's own policy among those that have a state. */
export const ROUTER = "";

/** The point where there is none to follow: the step's first token, by its entropy. */
const STEP_START = "stepStart";

/**
 * Takes the glimpse of the step that begins, asks the policy, and notes the route. A repetition sends the
 * step to large whatever the policy says; it is asked all the same, so that its figures are complete.
 *
 * @param first - the token that the step begins with, `null` where the server listed none for its text
 * @param at - where it stands in the step
 * @throws RouteError `no_logprobs` where it came without candidates
 */
export function takeGlimpse(draft: ThoughtDraft, first: ListedToken | null, at: number): Route {
  const { config, state } = draft;
  const { token, logprob = null, top } = requireCandidates(draft, first);
  const { distribution, probabilities, entropy } = seenCandidates({ top }, config.topLogprobs);
  noteFirst(draft, token, entropy);
  const seen = { text: token, at, distribution, entropy };
  const { sinceLarge } = state;
  const ask =
    config.point === undefined
      ? { occasion: 0, value: entropy, cut: 0, final: true }
      : firstAsk(draft, config.point, { ...seen, probabilities, logprob, sinceLarge });
  state.step.route = decide(draft, ask, seen, [entropy], state.forced);
  return state.step.route;
}

/** A probe shows one token: a point that decides there, whatever it reads, decides by it. */
function firstAsk({ state }: ThoughtDraft, point: GlimpsePoint, seen: SeenToken): Ask {
  const read = point.read(point.start(state.pointState), seen).ask;
  const ask = read === undefined || "cut" in read ? read : read[0];
  return ask ?? { occasion: 0, value: seen.entropy, cut: 0, final: true };
}

/** The step's first token, where it was looked at: H_init. */
export function noteFirst({ state: { step } }: ThoughtDraft, token: string, value: number): void {
  step.token = token;
  step.entropy = value;
}

/** Large by repetition, where the point does not look at the step's first token. */
export function forceLarge({ state, events }: ThoughtDraft, at: number): void {
  const point = STEP_START;
  const decision = { point, value: null, token: null, at, route: "large" } as const;
  state.step.route = "large";
  state.turn = null;
  state.untilEnd = false;
  state.step.decisions = [...state.step.decisions, decision];
  events.push({
    type: "route-decided",
    step: state.steps.length + 1,
    route: "large",
    point,
    value: null,
    occasion: 0,
    entropy: null,
    token: null,
    at,
    candidates: [],
    forced: true,
  });
}

/**
 * Asks the policy about what a point asks.
 *
 * @returns true where large takes over
 * @throws RouteError `invalid_option` where the ask cannot be
 */
export function answerAsk(draft: ThoughtDraft, ask: Ask): boolean {
  const { config, state } = draft;
  const { step } = state;
  const { reading } = step;
  if (reading === null || reading.last === null) return false;
  checkAsk(ask, config.point?.name ?? STEP_START, reading.last.at + reading.last.text.length);
  // What is out stays, and so does what large wrote: the point passes.
  if (ask.cut < step.emitted || ask.cut < step.part.from) return false;
  if (isAskedInVain(step, ask.cut)) return false;
  return decide(draft, ask, reading.last, reading.entropies, false) === "large";
}

/** Large had its turn here, and wrote nothing: asked again, it might not get further. */
function isAskedInVain({ parts, part }: OpenStep, cut: number): boolean {
  const last = parts.at(-1);
  return last?.route === "large" && last.from >= part.from && cut <= part.from;
}

function checkAsk({ value, cut, occasion }: Ask, point: string, length: number): void {
  if (Number.isNaN(value) || typeof value !== "number") {
    throw wrongAsk(point, "value", value, "a number");
  }
  if (!Number.isSafeInteger(cut) || cut < 0 || cut > length) {
    throw wrongAsk(point, "cut", cut, `an offset in the step, 0 to ${length}`);
  }
  if (!Number.isSafeInteger(occasion))
    throw wrongAsk(point, "occasion", occasion, "a whole number");
}

function wrongAsk(point: string, field: string, value: unknown, wanted: string): RouteError {
  return new RouteError(
    "invalid_option",
    `The point ${JSON.stringify(point)} asks with \`${field}\` ${String(value)}; expected ${wanted}. Correct its \`read\` or \`end\`.`,
  );
}

/**
 * @param seen - the token at which the decision falls. Its candidates are looked at where a policy or a listener
 * does: a point may ask at every token.
 * @param entropies - of all that counted
 */
function decide(
  draft: ThoughtDraft,
  ask: Ask,
  seen: LastToken,
  entropies: readonly number[],
  isForced: boolean,
): Route {
  const { config, state, events } = draft;
  const { step } = state;
  const { text, at } = seen;
  const point = ask.point ?? config.point?.name ?? STEP_START;
  const { value, occasion } = ask;
  const told = { point, value, occasion, entropies };
  const glimpse = new AskedGlimpse(told, seen, config.topLogprobs);
  const answer = askPolicy(draft, ask, glimpse);
  const route = routeOf(draft, ask, answer, isForced);
  if (route === "large") {
    state.turn = ask.turn ?? null;
    state.untilEnd = isUntilEnd(answer);
  }
  const decision = { point, value: ask.value, token: text, at, route };
  if (route === "large") step.decisions = [...step.decisions, decision];
  else if (step.highest === null || ask.value > (step.highest.value ?? 0)) step.highest = decision;
  if (route === "large" || ask.final) {
    const about = {
      step: state.steps.length + 1,
      route,
      forced: isForced && answer.route !== "large",
    };
    events.push(new ToldDecision(about, told, seen));
  }
  return route;
}

/** As the policy says, where there is a large model; where doubtful steps are judged, small finishes the step first. */
function routeOf(
  { config, state }: ThoughtDraft,
  { cut }: Ask,
  answer: RouteDecision,
  isForced: boolean,
): Route {
  if (isSmallAlone(state)) return "small";
  if (isForced) return "large";
  const { step } = state;
  if (answer.route === "small" || config.verify?.when !== "doubtful" || step.verified !== null) {
    return answer.route;
  }
  const tokensBefore = step.tokens - tokensFrom(step.reading, cut);
  step.judgedFrom ??= { cut, tokensBefore, untilEnd: isUntilEnd(answer) };
  return "small";
}

function isUntilEnd({ route, until }: RouteDecision): boolean {
  return route === "large" && until === "end";
}

/** Each policy has a state of its own: the router's, and those that parts of a point bring. */
function askPolicy(draft: ThoughtDraft, ask: Ask, glimpse: Glimpse): RouteDecision {
  const { config, state } = draft;
  const key = ask.policy === undefined ? ROUTER : (ask.policyOf ?? glimpse.point);
  const policy = ask.policy ?? config.policy;
  const answer = answerOfPolicy(draft, policy, glimpse, state.policyStates[key]);
  const decision = typeof answer === "string" ? { route: answer } : answer;
  const { route, until } = (decision ?? {}) as Partial<RouteDecision>;
  const isSound = (route === "small" || route === "large") && (until ?? "end") === "end";
  if (!isSound) {
    throw new RouteError(
      "invalid_option",
      `Expected \`policy\` to return "small" or "large", got ${JSON.stringify(answer)} for a glimpse of ${glimpse.value.toFixed(3)}. Asynchronous policies are not supported.`,
    );
  }
  const { state: next } = decision as RouteDecision;
  if (next !== undefined) state.policyStates = { ...state.policyStates, [key]: next };
  return decision as RouteDecision;
}

/** The policy is the user's own code: what it throws is told as such, not as a model's failure. */
function answerOfPolicy(
  { state }: ThoughtDraft,
  policy: RoutePolicy,
  glimpse: Glimpse,
  policyState: Json | undefined,
): unknown {
  try {
    return policy(glimpse, new AskedContext(state, policyState));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const step = state.steps.length + 1;
    throw new RouteError("invalid_option", `The \`policy\` failed at step ${step}: ${said}`, cause);
  }
}
