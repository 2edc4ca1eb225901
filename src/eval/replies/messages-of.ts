import { AIMessage, type BaseMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import type { Problem, ProblemMessage } from "../problems/problem.js";

const MESSAGES: Readonly<Record<ProblemMessage["role"], (content: string) => BaseMessage>> = {
  system: (content) => new SystemMessage(content),
  user: (content) => new HumanMessage(content),
  assistant: (content) => new AIMessage(content),
};

/** What a problem asks, as LangChain's messages. */
export function messagesOf({ prompt }: Pick<Problem, "prompt">): BaseMessage[] {
  if (typeof prompt === "string") return [new HumanMessage(prompt)];
  return prompt.map(({ role, content }) => MESSAGES[role](content));
}
