import type { OpenStream } from "./open-stream.js";
import type { OpenStep, PointReading, ThoughtState } from "./thought-state.js";

/**
 * A copy of a state that one event may change; what an event replaces as a whole is shared. Field by field: for
 * each token V8 would take five times as long to spread objects whose numbers keep changing.
 */
export function copyState(state: ThoughtState): ThoughtState {
  return {
    phase: state.phase,
    waits: state.waits,
    thought: state.thought,
    step: copyStep(state.step),
    stream: state.stream === null ? null : copyStream(state.stream),
    steps: state.steps,
    recent: state.recent,
    forced: state.forced,
    turn: state.turn,
    pointState: state.pointState,
    policyStates: state.policyStates,
    untilEnd: state.untilEnd,
    handoffs: state.handoffs,
    sinceLarge: state.sinceLarge,
    thoughtTokens: state.thoughtTokens,
    rooms: state.rooms,
    watched: state.watched,
    requests: state.requests,
    usage: state.usage,
    stopReason: state.stopReason,
    answer: state.answer,
    answerMs: state.answerMs,
    answerText: state.answerText,
    answerTokens: state.answerTokens,
    retries: state.retries,
    warm: state.warm,
    degraded: state.degraded,
  };
}

function copyStep(step: OpenStep): OpenStep {
  return {
    text: step.text,
    parts: step.parts,
    part: step.part,
    reading: step.reading === null ? null : copyReading(step.reading),
    decisions: step.decisions,
    highest: step.highest,
    discarded: step.discarded,
    judgedFrom: step.judgedFrom,
    verified: step.verified,
    held: step.held,
    heldFrom: step.heldFrom,
    heldTokens: step.heldTokens,
    dropped: step.dropped,
    emitted: step.emitted,
    begun: step.begun,
    tail: step.tail,
    started: step.started,
    route: step.route,
    entropy: step.entropy,
    token: step.token,
    tokens: step.tokens,
    ms: step.ms,
    halved: step.halved,
    unstopped: step.unstopped,
  };
}

function copyReading(reading: PointReading): PointReading {
  return {
    state: reading.state,
    unread: reading.unread,
    marks: reading.marks,
    entropies: reading.entropies,
    last: reading.last,
    settled: reading.settled,
    passed: reading.passed,
  };
}

function copyStream(stream: OpenStream): OpenStream {
  return {
    role: stream.role,
    purpose: stream.purpose,
    maxTokens: stream.maxTokens,
    limitedBy: stream.limitedBy,
    inputTokens: stream.inputTokens,
    keptBefore: stream.keptBefore,
    textless: stream.textless,
    events: stream.events,
    received: stream.received,
    spelled: stream.spelled,
    listed: stream.listed,
    usage: stream.usage,
    half: stream.half,
    textlessAtEnd: stream.textlessAtEnd,
    complete: stream.complete,
  };
}
