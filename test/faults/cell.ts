import { assistantPart, type ScriptedThought } from "../servers/script/scripted-model.js";

/** One place of the matrix: what is asked how, and whom the fault meets when. */
export interface Cell {
  readonly role: "small" | "large";
  readonly moment: Moment;
  readonly glimpse: "fused" | "probe";
  readonly call: "invoke" | "stream";
  /** It passes; or it is there again each time, and the reply fails; or the other model may then write the rest. */
  readonly spell: "once" | "lasting" | "out";
}

export const MOMENTS = ["rendering", "first token", "mid step", "boundary", "answer"] as const;
export type Moment = (typeof MOMENTS)[number];

const ROLES = ["small", "large"] as const;
const GLIMPSES = ["fused", "probe"] as const;
const CALLS = ["invoke", "stream"] as const;
const SPELLS = ["once", "lasting", "out"] as const;

/** Every place that there is. */
export const CELLS: readonly Cell[] = ROLES.flatMap((role) =>
  MOMENTS.flatMap((moment) =>
    GLIMPSES.flatMap((glimpse) =>
      CALLS.flatMap((call) => SPELLS.map((spell) => ({ role, moment, glimpse, call, spell }))),
    ),
  ),
);

export function nameOf({ role, moment, glimpse, call, spell }: Cell): string {
  return `${role}, ${moment}, ${glimpse}, ${call}, ${spell}`;
}

/** Both models know it; small writes the first step and the third. Characters beyond ASCII, so that some can be cut. */
const STEPS = ["First we add 2 and 2 – voilà.", "Wait, is « that » right?", "Yes, it is four 👍."];
export const ANSWER = "The answer is ≈ 4.";
export const THOUGHT = STEPS.join("\n\n");

export const SCRIPT: ScriptedThought = {
  steps: STEPS.map((text, index) => ({ text, entropy: index === 1 ? 2.9 : 0.1 })),
  answer: ANSWER,
};

/** Where in what a model writes something strikes: in front of the token that comes behind this text. */
export interface Place {
  readonly in: "thought" | "answer";
  readonly behind: string;
}

/** @returns `null` for a rendering, which writes nothing */
export function placeOf(cell: Cell): Place | null {
  const { role, moment } = cell;
  if (moment === "rendering") return null;
  if (moment === "answer") return { in: "answer", behind: "The answer" };
  const [first = "", second = ""] = STEPS;
  const behind =
    role === "small"
      ? { "first token": "", "mid step": "First we add", boundary: `${first}\n\n` }
      : {
          "first token": `${first}\n\n`,
          "mid step": `${first}\n\nWait, is`,
          boundary: `${first}\n\n${second}`,
        };
  const text = behind[moment];
  return { in: "thought", behind: isHeldBack(cell) ? text.slice(0, -1) : text };
}

/** In a step that is to stop at a blank line, vLLM holds the last character back: it may begin one. */
function isHeldBack({ role, moment, glimpse }: Cell): boolean {
  if (moment === "mid step") return role === "large" || glimpse === "probe";
  return role === "large" && moment === "boundary";
}

/** What stands behind the prompt text: the thought so far, or the answer so far. */
export function writtenIn(prompt: string): Place {
  const part = assistantPart(prompt).replace(/^<think>\n/, "");
  const [thought = "", answer] = part.split("</think>");
  return answer === undefined
    ? { in: "thought", behind: thought }
    : { in: "answer", behind: answer.trimStart() };
}
