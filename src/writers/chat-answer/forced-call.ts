import type { AnswerFields } from "../../prompt/thought-prompt.js";
import type { Answered } from "../../router/step-writer.js";
import type { ToolCallPart } from "./tool-call-part.js";
import { withheld } from "./withheld.js";

type Tool = NonNullable<AnswerFields["tools"]>[number];
type Answer = AsyncIterable<Answered<ToolCallPart>>;

/** A tool call that the answer has to be, as text that is held to a response format. */
export interface ForcedCall {
  readonly responseFormat: NonNullable<AnswerFields["response_format"]>;
  /** Makes the call of the text. */
  read(answer: Answer): Answer;
}

/** Names of the object that says which of several tools is called. */
const [NAME, ARGUMENTS] = ["name", "arguments"] as const;

/**
 * A forced call in a response format: for servers whose own way of forcing one waits for a thought that is over.
 * One call is made, since a text has one form.
 *
 * @returns `null` where no call is forced
 */
export function forcedCall(answer: AnswerFields): ForcedCall | null {
  const tools = forcedTools(answer);
  const [only, ...others] = tools.map(definitionOf);
  if (only === undefined) return null;
  if (others.length === 0) {
    return {
      responseFormat: formatOf(only.parameters),
      read: (answered) => readArguments(answered, only.name),
    };
  }
  const choices = [only, ...others].map(({ name, parameters }) => ({
    type: "object",
    properties: { [NAME]: { const: name }, [ARGUMENTS]: parameters },
    required: [NAME, ARGUMENTS],
    additionalProperties: false,
  }));
  return { responseFormat: formatOf({ anyOf: choices }), read: readChoice };
}

/** The tools of which one must be called; none where a call is not forced. */
export function forcedTools({ tools = [], tool_choice }: AnswerFields): readonly Tool[] {
  if (tool_choice === "required") return tools;
  if (typeof tool_choice !== "object") return [];
  const { name } = definitionOf(tool_choice);
  return tools.filter((tool) => definitionOf(tool).name === name);
}

function definitionOf({ function: definition }: Tool): { name: string; parameters: object } {
  const { name, parameters } = (definition ?? {}) as { name?: unknown; parameters?: unknown };
  const schema = typeof parameters === "object" && parameters !== null ? parameters : {};
  return { name: String(name), parameters: { type: "object", ...schema } };
}

function formatOf(schema: object): ForcedCall["responseFormat"] {
  return { type: "json_schema", json_schema: { name: "call", schema, strict: true } };
}

/** The text is the arguments, and goes on as it comes. */
async function* readArguments(answer: Answer, name: string): Answer {
  let isFirst = true;
  for await (const item of answer) {
    if (item.type === "text" && item.text !== "") {
      const begun = isFirst ? { id: newId(), name } : {};
      isFirst = false;
      yield partOf({ ...begun, args: item.text }, item);
    } else yield item.type === "end" ? ended(item, !isFirst) : item;
  }
}

/** The text says which tool it is, so it is read whole. What is no call stays text: it was cut short. */
async function* readChoice(answer: Answer): Answer {
  let text = "";
  for await (const item of answer) {
    if (item.type === "text") {
      text += item.text;
      // What it has cost so far.
      yield withheld(item);
    } else if (item.type !== "end") yield item;
    else {
      const call = parseChoice(text);
      yield call === null ? { type: "text", text, tokens: [] } : partOf(call, item);
      yield ended(item, call !== null);
    }
  }
}

function parseChoice(text: string): Omit<ToolCallPart, "type" | "index"> | null {
  try {
    const call = JSON.parse(text) as { [NAME]: string; [ARGUMENTS]: unknown };
    return { id: newId(), name: call[NAME], args: JSON.stringify(call[ARGUMENTS]) };
  } catch {
    return null;
  }
}

function partOf(
  call: Omit<ToolCallPart, "type" | "index">,
  { usage }: Answered<ToolCallPart>,
): Answered<ToolCallPart> {
  const part: ToolCallPart = { type: "tool-call", index: 0, ...call };
  return { type: "part", part, ...(usage === undefined ? {} : { usage }) };
}

function ended(
  item: Extract<Answered<ToolCallPart>, { type: "end" }>,
  called: boolean,
): Answered<ToolCallPart> {
  return called && item.reason !== "length" ? { ...item, reason: "tool_calls" } : item;
}

function newId(): string {
  return `call_${globalThis.crypto.randomUUID()}`;
}
