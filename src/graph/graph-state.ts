import { Annotation, MessagesAnnotation } from "@langchain/langgraph";
import type { ResumeState } from "../langchain/resume/resume-state.js";
import type { Opening, Role } from "../router/step-writer.js";
import type { ThoughtState } from "../router/thought-state.js";

/** A channel that keeps its last value, and is empty before the first. */
function lastValue<Value>() {
  return Annotation<Value | null>({ reducer: (_before, next) => next, default: () => null });
}

/** What a checkpoint holds. All of it is data: another process can go on from it. */
export const GraphState = Annotation.Root({
  ...MessagesAnnotation.spec,
  /** The thought under way, or the last one. */
  thought: lastValue<ThoughtState>(),
  /** Input: `error.resume` of a call, here or on the chat model, with whose thought this one goes on; gone when it is taken. */
  resume: lastValue<ResumeState>(),
  /** The prompt as both models were given it; gone when the answer is there. */
  openings: lastValue<Readonly<Record<Role, Opening>>>(),
});
