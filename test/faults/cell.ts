import { assistantPart, type ScriptedThought } from "../servers/script/scripted-model.js";

/** One place of the matrix: what is asked how, and whom the fault meets when. */
export interface Cell {
  readonly role: "small" | "large";
  readonly moment: Moment;
  readonly glimpse: "fused" | "probe";
  readonly call: "invoke" | "stream";
  /** It passes; or it is there again each time, and the reply fails; or the other model may then write the rest. */
  readonly spell: "once" | "lasting" | "out";
  /** How the answer is asked for: behind the thought as text; or as a chat, for a tool call, JSON of a schema, or words beside tools. */
  readonly answer: "text" | "tool call" | "json" | "words";
  /** Of an answer in chat: something of it was handed out. */
  readonly begun: boolean;
}

export const MOMENTS = ["rendering", "first token", "mid step", "boundary", "answer"] as const;
export type Moment = (typeof MOMENTS)[number];

const ROLES = ["small", "large"] as const;
const GLIMPSES = ["fused", "probe"] as const;
const CALLS = ["invoke", "stream"] as const;
const SPELLS = ["once", "lasting", "out"] as const;

const WAYS = GLIMPSES.flatMap((glimpse) => CALLS.map((call) => ({ glimpse, call })));

/** Every place that there is in a reply whose answer is asked for as text. */
export const CELLS: readonly Cell[] = ROLES.flatMap((role) =>
  MOMENTS.flatMap((moment) =>
    WAYS.flatMap((way) =>
      SPELLS.map((spell) => ({ role, moment, ...way, spell, answer: "text", begun: true })),
    ),
  ),
);

/** Places in an answer in chat. Of one that has begun nothing is asked for again: there a fault that lasts is one that passes. */
export const CHAT_CELLS: readonly Cell[] = (["tool call", "json", "words"] as const).flatMap(
  (answer) =>
    [false, true].flatMap((begun) =>
      WAYS.flatMap((way) =>
        SPELLS.filter((spell) => !begun || spell !== "lasting").map(
          (spell): Cell => ({ role: "large", moment: "answer", ...way, spell, answer, begun }),
        ),
      ),
    ),
);

export function nameOf({ role, moment, glimpse, call, spell, answer, begun }: Cell): string {
  const place = `${role}, ${moment}, ${glimpse}, ${call}, ${spell}`;
  return answer === "text" ? place : `${place}, ${answer}, ${begun ? "begun" : "not begun"}`;
}

/** Both models know it; small writes the first step and the third. Characters beyond ASCII, so that some can be cut. */
const STEPS = ["First we add 2 and 2 – voilà.", "Wait, is « that » right?", "Yes, it is four 👍."];
export const THOUGHT = STEPS.join("\n\n");
const WORDS = "The answer is ≈ 4.";
const ARGS = '{"city":"Oslo"}';

/** The whole answer, and a beginning of it in whole tokens: text, or a call's name and arguments. */
const ANSWERS: Readonly<
  Record<Cell["answer"], { readonly whole: string; readonly begun: string }>
> = {
  text: { whole: WORDS, begun: "The answer" },
  words: { whole: WORDS, begun: "The answer" },
  json: { whole: '{"sum": 4}', begun: '{"sum":' },
  "tool call": { whole: `weather${ARGS}`, begun: `weather${ARGS.slice(0, -1)}` },
};

export function answerOf({ answer }: Cell): string {
  return ANSWERS[answer].whole;
}

export function scriptOf(cell: Cell): ScriptedThought {
  const call = `<tool_call>{"name": "weather", "arguments": ${ARGS}}</tool_call>`;
  return {
    steps: STEPS.map((text, index) => ({ text, entropy: index === 1 ? 2.9 : 0.1 })),
    answer: cell.answer === "tool call" ? call : answerOf(cell),
  };
}

/** Where in what a model writes something strikes: in front of the token that comes behind this text. */
export interface Place {
  readonly in: "thought" | "answer";
  readonly behind: string;
}

/** @returns `null` for a rendering, which writes nothing */
export function placeOf(cell: Cell): Place | null {
  const { role, moment, answer, begun } = cell;
  if (moment === "rendering") return null;
  if (moment === "answer") return { in: "answer", behind: begun ? ANSWERS[answer].begun : "" };
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
