import { closingText } from "../core/thinking-tags.js";
import {
  type Allowance,
  answerAllowance,
  type EndingLimit,
  thoughtAllowance,
} from "../core/thought-budget.js";
import { textToGoOnFrom } from "./before-words.js";
import { answererOf } from "./degraded.js";
import type { Purpose } from "./open-stream.js";
import { wantsNext } from "./point-reading.js";
import type { RouteConfig } from "./route-config.js";
import { answerWithinSpending, withinSpending } from "./spending.js";
import type { Role, WriteOptions } from "./step-writer.js";
import { type ThoughtState, thoughtText, tokensSoFar } from "./thought-state.js";

/** Bytes of a character, and tokens at most. */
const MAX_BYTES = 4;

/** A request that a driver must make next. */
export interface NextRequest {
  readonly role: Role;
  readonly purpose: Purpose;
  /** The thought that the model goes on with; closed for an answer. */
  readonly thought: string;
  readonly how: WriteOptions;
  readonly limitedBy: Allowance["limitedBy"];
}

/**
 * What to ask for next, `null` when the reply is done. No room left for it: `outOfRoom`, and the reducer must
 * be told (its input `out-of-room`).
 */
export function nextRequest(
  config: RouteConfig,
  state: ThoughtState,
): NextRequest | { readonly outOfRoom: EndingLimit } | null {
  if (state.phase === "done") return null;
  if (state.phase === "answer") return answerRequest(config, state);
  const role = state.phase === "large" || state.phase === "rest" ? "large" : "small";
  const isTurn = isWholeTurn(config);
  const maxStepTokens = Math.max(1, config.maxStepTokens - turnTokens(state));
  const roomy = thoughtAllowance({ ...config, maxStepTokens }, tokensSoFar(state), {
    writer: state.rooms[role],
    answerer: config.thinking === false ? null : state.rooms[answererOf(config, state)],
    capStep: state.phase === "large" && !isTurn,
  });
  const allowance = withinSpending(config, state, role, roomy);
  const { limitedBy } = allowance;
  if (allowance.maxTokens < 1) return { outOfRoom: limitedBy === "step" ? "budget" : limitedBy };
  const common = { role, thought: textToGoOnFrom(state, role), limitedBy } as const;
  if (state.phase === "glimpse" && (config.glimpse === "probe" || isTurn)) {
    return { ...common, purpose: "probe", how: probeOptions(config, state) };
  }
  if (isTurn) {
    const how = answerOptions(config, allowance.maxTokens);
    return { ...common, thought: "", purpose: "turn", how };
  }
  return { ...common, ...thoughtRequest(config, state, allowance) };
}

/** Tokens that large has written of its turn: of streams of it that were cut. */
function turnTokens({ phase, step }: ThoughtState): number {
  return phase === "large" ? step.tokens - step.part.tokens : 0;
}

/** What goes on with the thought: small over boundaries, large for a step or for good. */
function thoughtRequest(
  config: RouteConfig,
  state: ThoughtState,
  allowance: Allowance,
): Pick<NextRequest, "purpose" | "how" | "limitedBy"> {
  const { maxTokens, limitedBy } = allowance;
  if (state.phase === "rest") {
    return { purpose: "rest", how: { maxTokens, topLogprobs: 0 }, limitedBy };
  }
  if (state.phase !== "large" && config.glimpse === "fused") {
    return { purpose: "fused", how: fusedOptions(config, state, maxTokens), limitedBy };
  }
  return stepRequest(config, state, allowance);
}

/** One step, or its rest; a turn of large may be shorter. */
function stepRequest(
  { delimiter }: RouteConfig,
  state: ThoughtState,
  { maxTokens, limitedBy }: Allowance,
): Pick<NextRequest, "purpose" | "how" | "limitedBy"> {
  const { phase, step } = state;
  const turn = state.turn === null ? null : Math.max(1, state.turn - turnTokens(state));
  const isTurn = phase === "large" && turn !== null && turn < maxTokens;
  return {
    purpose: "step",
    how: {
      maxTokens: isTurn ? turn : maxTokens,
      topLogprobs: 0,
      ...(step.unstopped ? {} : { stop: [delimiter] }),
    },
    limitedBy: isTurn ? "step" : limitedBy,
  };
}

function probeOptions({ topLogprobs }: RouteConfig, { step }: ThoughtState): WriteOptions {
  return { maxTokens: step.halved ? MAX_BYTES : 1, topLogprobs, temperature: 0 };
}

/** No stop string: the stream runs on over the boundaries, and the text of each token comes undelayed. */
function fusedOptions(config: RouteConfig, state: ThoughtState, maxTokens: number): WriteOptions {
  const wanted = wantsNext(config, state);
  return {
    maxTokens,
    topLogprobs: config.topLogprobs,
    glimpseAt: {
      delimiter: config.delimiter,
      openTag: config.thinking === false ? null : config.thinking.open,
      // What its text must tell is asked too late for the first token: it is read.
      ...(wanted === undefined ? {} : { firstWanted: wanted !== false }),
    },
  };
}

function answerRequest(config: RouteConfig, state: ThoughtState): NextRequest {
  const thought = thoughtText(state);
  const role = answererOf(config, state);
  const isOpen = config.thinking === false || config.answerIn === "chat";
  const { answerTokens } = state;
  // What a cut stream has left of it.
  const limits = { ...config, maxAnswerTokens: config.maxAnswerTokens - answerTokens };
  const roomy = answerAllowance(limits, state.thoughtTokens + answerTokens, state.rooms[role]);
  return {
    role,
    purpose: "answer",
    thought: isOpen ? thought : thought + closingText(thought, config.thinking) + state.answerText,
    how: answerOptions(config, answerWithinSpending(config, state, roomy)),
    limitedBy: "budget",
  };
}

function answerOptions({ answerStop }: RouteConfig, maxTokens: number): WriteOptions {
  return { maxTokens, topLogprobs: 0, ...(answerStop.length > 0 ? { stop: answerStop } : {}) };
}

/** Is the whole reply written by one model, through its chat interface? */
export function isWholeTurn({ answerIn, thinking }: RouteConfig): boolean {
  return answerIn === "chat" && thinking === false;
}
