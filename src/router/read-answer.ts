import { textTokens } from "./count-written.js";
import { endStream, type ThoughtDraft } from "./thought-draft.js";

/** Reads the answer: everything behind the closed thought, verbatim. */
export function readAnswer(
  draft: ThoughtDraft,
  text: string,
  end: "stop" | "eos" | "length" | "tool_calls" | null = null,
): void {
  const { state, events } = draft;
  if (text !== "") events.push({ type: "answer-delta", text });
  state.answerText += text;
  if (end === null || state.stream === null) return;
  const { stream } = state;
  const tokens = state.answerTokens + textTokens(stream);
  endStream(draft);
  state.answerText = "";
  state.answerTokens = 0;
  // No step is under way: what requests told goes to the answer.
  state.answer = { tokens, ms: state.answerMs, end, speculation: state.step.part.speculation };
  state.phase = "done";
  events.push({ type: "answer-end", record: state.answer });
}
