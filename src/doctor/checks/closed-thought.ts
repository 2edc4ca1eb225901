import { closingText } from "../../core/thinking-tags.js";
import { failed, ok, quoteTail, skipped } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

const THOUGHT = "A step.";
const REMEDY =
  'Use `continuation: "vllm"`, which needs nothing of the template, or serve the model with a template that writes the message as it is.';

/** The answer goes on behind the closed thought: as a chat message, the template must keep that too. */
export const closedThought: Check = {
  id: "closed-thought",
  title: "Closed thought",
  needs: ["unfinished-thought"],
  async run({ access, promptRequest, thinking, writer }, signal) {
    const { kind } = (await writer(signal)).writer;
    const questions = questionsFor(kind);
    if (kind !== "vllm-chat" || access === null || questions === null) {
      return skipped("no template touches it: it is not sent as a chat message");
    }
    if (thinking === false) return skipped("the reply has no thought of its own");
    const request = promptRequest();
    const content = `${thinking.open}\n${THOUGHT}${closingText(THOUGHT, thinking)}`;
    const messages = [...request.messages, { role: "assistant", content }];
    try {
      const text = await questions.renderUnfinished(access, { ...request, messages }, signal);
      return text.endsWith(content)
        ? ok(`the template keeps it: ${quoteTail(text)}`)
        : failed(`the template changes it: the prompt ends in ${quoteTail(text)}`, REMEDY);
    } catch (error) {
      return failed(`the server refuses it: ${(error as Error).message}`, REMEDY);
    }
  },
};
