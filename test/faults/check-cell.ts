import { otherRole } from "../../src/router/step-writer.js";
import { answerOf, type Cell, nameOf, placeOf, THOUGHT } from "./cell.js";
import type { Fault } from "./fault.js";
import { otherWrites, requestsBefore } from "./other-writes.js";
import { type Outcome, outcomeOf } from "./outcome.js";
import type { Seen } from "./run-cell.js";

type Declared<Is extends Outcome["is"]> = Extract<Outcome, { is: Is }>;

/**
 * What was seen where something else was declared.
 *
 * @param whole - what the same cell comes to without a fault
 */
export function deviations(fault: Fault, cell: Cell, seen: Seen, whole: Seen): readonly string[] {
  const outcome = outcomeOf(fault, cell);
  if (outcome.is === "impossible") return [];
  const facts = [
    ...factsOf(fault, cell, outcome, seen, whole),
    ...[
      ["runs left open in the trace", seen.heard.openRuns, 0],
      ["requests left open", seen.left.requests, 0],
      ["timers left", seen.left.timers, 0],
    ],
  ] as readonly Fact[];
  return facts
    .map(([what, is, due]) => [what, JSON.stringify(is), JSON.stringify(due)])
    .filter(([, is, due]) => is !== due)
    .map(([what, is, due]) => `${nameOf(cell)}: ${what} is ${is}, should be ${due}`);
}

function factsOf(
  fault: Fault,
  cell: Cell,
  outcome: Exclude<Outcome, { is: "impossible" }>,
  seen: Seen,
  whole: Seen,
): readonly Fact[] {
  if (outcome.is === "right") return rightFacts(fault, cell, outcome, seen, whole);
  if (outcome.is === "degraded") return degradedFacts(fault, cell, outcome, seen, whole);
  return errorFacts(fault, cell, outcome, seen, whole);
}

type Fact = readonly [what: string, is: unknown, due: unknown];

function rightFacts(
  fault: Fault,
  cell: Cell,
  { retry, more = 0 }: Declared<"right">,
  seen: Seen,
  whole: Seen,
): readonly Fact[] {
  const { role, moment } = cell;
  const { met, cuts } = seen;
  const retries = [
    ...Array.from({ length: cuts }, () => "cut"),
    ...(retry === undefined ? [] : [retry]),
  ];
  const isAskedAnew = moment !== "rendering" && (fault.way === "opening" || retry !== undefined);
  const extra = more + cuts + (isAskedAnew ? met : 0);
  const other = otherRole(role);
  return [
    ["error", seen.error?.message ?? null, null],
    ["text", seen.text, answerOf(cell)],
    ["thought", seen.thought, THOUGHT],
    ["met", met, 1],
    ["steps", stepsOf(seen), stepsOf(whole)],
    ["stopReason", seen.record?.stopReason, whole.record?.stopReason],
    // Behind a cut a token more may be counted: see decision 009.
    ...(retries.length > 0 ? [] : ([["tokens", tokensOf(seen), tokensOf(whole)]] as const)),
    ["counts that are none", oddCounts(seen), []],
    ["retries", seen.record?.retries?.map(({ reason }) => reason) ?? [], retries],
    ["retries' role", seen.record?.retries?.find((each) => each.role !== role) ?? null, null],
    ["requests", seen.requests[role], whole.requests[role] + extra],
    ["other requests", seen.requests[other], whole.requests[other]],
    ["degraded", seen.record?.degraded ?? null, null],
    ["events of it", seen.heard.degraded, []],
    [
      "requests of the record",
      seen.record?.requests[role],
      (whole.record?.requests[role] ?? 0) + retries.length,
    ],
  ];
}

/** The other model's text is the same: both know the thought. */
function degradedFacts(
  fault: Fault,
  cell: Cell,
  { reason, retry, met }: Declared<"degraded">,
  seen: Seen,
  whole: Seen,
): readonly Fact[] {
  const { record, heard, cuts } = seen;
  const { role } = cell;
  const other = otherRole(role);
  const { routes, fromStep, requests, runs } = otherWrites(cell);
  const degraded = { role, fromStep, reason };
  const retries = [...repeat("cut", cuts), ...(retry === undefined ? [] : repeat(retry, met - 1))];
  return [
    ["error", seen.error?.message ?? null, null],
    ["text", seen.text, answerOf(cell)],
    ["thought", seen.thought, THOUGHT],
    ["met", seen.met, met],
    ["degraded", record?.degraded, degraded],
    ["events of it", heard.degraded, [degraded]],
    ["runs that failed", heard.failedRuns, repeat(degraded, runs)],
    ["routes", record?.steps.map(({ route }) => route), routes],
    [
      "answered by",
      record?.answeredBy,
      cell.moment === "answer" || role === "large" ? other : "large",
    ],
    ["stopReason", record?.stopReason, whole.record?.stopReason],
    ["counts that are none", oddCounts(seen), []],
    ["retries", record?.retries?.map((each) => each.reason) ?? [], retries],
    ["retries' role", record?.retries?.find((each) => each.role !== role) ?? null, null],
    ["requests", seen.requests[role], requestsUpTo(fault, cell, seen)],
    ["other requests", seen.requests[other], requests],
    ["other requests of the record", record?.requests[other], requests],
  ];
}

function repeat<Value>(value: Value, times: number): readonly Value[] {
  return Array.from({ length: times }, () => value);
}

/** Those that reached the server up to the fault, and none behind it. */
function requestsUpTo(fault: Fault, cell: Cell, { met, cuts }: Seen): number {
  const reached = cell.moment === "rendering" || fault.way === "address" ? 0 : met;
  return requestsBefore(cell)[cell.role] + cuts + reached;
}

function stepsOf(seen: Pick<Seen, "record"> | null): unknown {
  return seen?.record?.steps.map(({ route, end, entropy }) => [route, end, entropy?.toFixed(6)]);
}

function tokensOf({ record }: Seen): unknown {
  return [record?.steps.map(({ tokens }) => tokens), record?.answer?.tokens, record?.largeShare];
}

/** Whatever a server says of its usage. */
function oddCounts({ record }: Seen): readonly string[] {
  return (["small", "large"] as const).flatMap((role) => {
    const { input_tokens, output_tokens } = record?.usage[role] ?? {};
    return [input_tokens, output_tokens]
      .filter((count) => !(Number.isSafeInteger(count) && Number(count) >= 0))
      .map((count) => `${role}: ${count}`);
  });
}

function errorFacts(
  fault: Fault,
  cell: Cell,
  { reason, status, met }: Declared<"error">,
  seen: Seen,
  whole: Seen,
): readonly Fact[] {
  const { error, record } = seen;
  const other = otherRole(cell.role);
  const place = placeOf(cell);
  const due = place?.in === "answer" ? THOUGHT : (place?.behind ?? "").trimEnd();
  const thought = error?.thought.trimEnd();
  // A rendering is no stream.
  const isGoneOnWith = place !== null && (reason === "stream_cut" || fault.way === "event");
  return [
    ["error", error === null ? seen.text : error.reason, reason],
    ["status", error?.status, status],
    ["role", error?.role, cell.role],
    ["met", seen.met, met],
    ["thought", thought, due],
    ["handed out", seen.thought?.trimEnd() ?? thought, thought],
    ["answer handed out", seen.text, handedOutOf(cell)],
    ["record's steps", record?.steps.length ?? 0, stepsIn(due)],
    ["retries", record?.retries?.length ?? 0, seen.cuts + (isGoneOnWith ? met - 1 : 0)],
    ["degraded", record?.degraded ?? null, null],
    ["events of it", seen.heard.degraded, []],
    ["requests", seen.requests[cell.role], requestsUpTo(fault, cell, seen)],
    ["other requests", seen.requests[other], requestsBefore(cell)[other]],
    ...resumedFacts(cell, seen, whole),
  ];
}

/** Another call goes on with the same thought; with an answer in chat from its beginning. Its stream yields what is new. */
function resumedFacts(cell: Cell, seen: Seen, whole: Seen): readonly Fact[] {
  const { resumed, record } = seen;
  // Nobody had been asked for anything.
  if (placeOf(cell) === null) return [["resumed", resumed, null]];
  const isInChat = cell.answer !== "text";
  const before = cell.call === "stream" ? seen : null;
  return [
    ["resumed: error", resumed?.error?.message ?? null, null],
    ["resumed: text", `${isInChat ? "" : (before?.text ?? "")}${resumed?.text}`, answerOf(cell)],
    ["resumed: thought", `${before?.thought ?? ""}${resumed?.thought}`, THOUGHT],
    ["resumed: steps", stepsOf(resumed), stepsOf(whole)],
    ["resumed: retries", resumed?.record?.retries?.at(-1)?.reason, "resumed"],
    ...(isInChat
      ? ([["resumed: requests", moreRequests(record, resumed?.record), 1]] as const)
      : []),
  ];
}

function moreRequests(before: Seen["record"], after: Seen["record"]): number {
  const sum = (record: Seen["record"]) =>
    (record?.requests.small ?? 0) + (record?.requests.large ?? 0);
  return sum(after) - sum(before);
}

/** Of the answer; who invokes is handed out nothing of one that fails. */
function handedOutOf(cell: Cell): string {
  const place = placeOf(cell);
  return cell.call === "stream" && place?.in === "answer" ? place.behind : "";
}

/** Whole ones. */
function stepsIn(thought: string): number {
  return thought === THOUGHT ? 3 : thought.split("\n\n").length - (isWhole(thought) ? 0 : 1);
}

function isWhole(thought: string): boolean {
  return thought !== "" && THOUGHT.startsWith(`${thought}\n\n`);
}
