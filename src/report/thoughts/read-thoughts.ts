import type { Problem } from "../../eval/problems/problem.js";
import { isTimed, type ReportedRun } from "../reported-run.js";
import { kindsOf, type ProblemOutcomes } from "./outcomes.js";
import type { ReaderProblem, ReaderReply } from "./reader-data.js";
import { shortened, shortenReply, withoutThought } from "./shorten-reply.js";

const MOST_OF_PROMPT = 8000;

/** Bytes of all thoughts: with charts and tables the page stays below 5 MB. */
const ROOM = 4_300_000;

export interface ReadThoughts {
  readonly problems: readonly ReaderProblem[];
  /** Thoughts that the file has no room for. */
  readonly leftOut: number;
}

interface Asked {
  /** Those that are shown, in the order in which they are. */
  readonly chosen: readonly string[];
  readonly outcomes: ReadonlyMap<string, ProblemOutcomes>;
  /** Whose thoughts are wanted most: they come first, and are left out last. */
  readonly arms: readonly string[];
  readonly redactPrompts: boolean;
}

/** The second reading of a run: the thoughts on a few problems, as many as the file has room for. */
export async function readThoughts(
  reported: ReportedRun,
  { chosen, outcomes, arms, redactPrompts }: Asked,
): Promise<ReadThoughts> {
  const replies = await repliesTo(chosen, arms, reported);
  const asked = redactPrompts ? new Map<string, Problem>() : await problemsOf(chosen, reported);
  const bare = chosen.map((id) => ({
    id,
    prompt: shownPrompt(asked.get(id)),
    expected: shownAnswer(asked.get(id)),
    kinds: kindsOf(outcomes.get(id) ?? {}),
  }));
  const taken = withinRoom(replies, ROOM - sizeOf(bare));
  const problems = bare.map((problem, index) => ({
    ...problem,
    replies: arms.flatMap((_, arm) => taken.get(placeOf(arm, index)) ?? []),
  }));
  const left = [...taken.values()].filter(({ leftOut }) => leftOut).length;
  return { problems, leftOut: left };
}

/** First replies, by arm and problem. */
async function repliesTo(
  chosen: readonly string[],
  arms: readonly string[],
  { records, run }: ReportedRun,
): Promise<ReadonlyMap<string, ReaderReply>> {
  const indexOf = new Map(chosen.map((id, index) => [id, index]));
  const armOf = new Map(arms.map((arm, index) => [arm, index]));
  const replies = new Map<string, ReaderReply>();
  for await (const record of records()) {
    const index = indexOf.get(record.problem);
    const arm = armOf.get(record.arm);
    if (record.repeat > 0 || index === undefined || arm === undefined) continue;
    // With several loads (`--at-once`) the first one's.
    const place = placeOf(arm, index);
    if (!replies.has(place)) replies.set(place, shortenReply(record, isTimed(run)));
  }
  return replies;
}

async function problemsOf(
  chosen: readonly string[],
  { problems }: ReportedRun,
): Promise<ReadonlyMap<string, Problem>> {
  const wanted = new Set(chosen);
  const found = new Map<string, Problem>();
  for await (const problem of problems?.() ?? []) {
    if (wanted.has(problem.id)) found.set(problem.id, problem);
    if (found.size === wanted.size) break;
  }
  return found;
}

/** Arm by arm: what the first three say on all problems tells more than all arms on a few. */
function withinRoom(
  replies: ReadonlyMap<string, ReaderReply>,
  room: number,
): ReadonlyMap<string, ReaderReply> {
  let left = room;
  const inOrder = [...replies].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    inOrder.map(([place, whole]) => {
      const size = sizeOf(whole);
      const reply = size <= left ? whole : withoutThought(whole);
      left -= size <= left ? size : sizeOf(reply);
      return [place, reply];
    }),
  );
}

/** Sorts as arm and problem do. */
function placeOf(arm: number, problem: number): string {
  return `${String(arm).padStart(4, "0")} ${String(problem).padStart(6, "0")}`;
}

const encoder = new TextEncoder();

/** Bytes of a file; each "<" takes six (`jsonForScript`). */
function sizeOf(value: object): number {
  const json = JSON.stringify(value);
  return encoder.encode(json).length + 5 * (json.split("<").length - 1);
}

function shownPrompt(problem: Problem | undefined): string | null {
  if (problem === undefined) return null;
  const { prompt } = problem;
  const text =
    typeof prompt === "string"
      ? prompt
      : prompt.map(({ role, content }) => `${role}: ${content}`).join("\n\n");
  return shortened(text, MOST_OF_PROMPT);
}

function shownAnswer(problem: Problem | undefined): string | null {
  const answer = problem?.answer;
  if (answer === undefined) return null;
  return shortened(typeof answer === "string" ? answer : JSON.stringify(answer), MOST_OF_PROMPT);
}
