import type { Opening } from "../../router/step-writer.js";
import { promptTextOf } from "../../writers/completion/prompt-text-of.js";
import type { Examination } from "../examination.js";
import { failed, ok, quoteTail, skipped } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

/** A thought at a boundary: its end is what templates trim, and what the glimpse depends on. */
const THOUGHT = "A step.\n\n";

/**
 * What the model is given when a thought goes on: it must end with the thought, and hold none that is closed.
 * Where the thought is continued as text no template can harm it; what the template would have done to an
 * assistant message is shown, because that is what "vllm-chat" and every other client of the server gets.
 */
export const unfinishedThought: Check = {
  id: "unfinished-thought",
  title: "Unfinished thought",
  needs: ["prompt"],
  async run(examination, signal) {
    const { kind } = (await examination.writer(signal)).writer;
    if (kind === "ask") return skipped("the thought goes into the prompt: the model is asked");
    const opened = await examination.opening(signal);
    const text = promptTextOf(opened);
    if (text === null) {
      return ok(`the template keeps it: ${await renderedTail(examination, opened, signal)}`);
    }
    const given = text + THOUGHT;
    const open = lastTurn(given, examination);
    if (examination.thinking !== false && open.includes(examination.thinking.close)) {
      return failed(
        `the prompt holds a closed thought: ${quoteTail(given)}`,
        "Switch thinking on in the chat template (often `chat_template_kwargs: { enable_thinking: true }`).",
      );
    }
    const rendered = await templateWould(examination, given, signal);
    return ok(`the model is given ${quoteTail(given, 40)}${rendered}`);
  },
};

/** The prompt behind the user's question. */
function lastTurn(text: string, { promptRequest }: Examination): string {
  const question = String(promptRequest().messages.at(-1)?.content ?? "");
  return text.slice(text.lastIndexOf(question) + question.length);
}

async function renderedTail(
  examination: Examination,
  { kind }: Opening,
  signal: AbortSignal,
): Promise<string> {
  const rendered = await renderMessage(examination, kind, signal);
  return rendered === null ? "checked by its writer" : quoteTail(rendered);
}

/** In words, what the server's template makes of the same thought as a chat message. */
async function templateWould(
  examination: Examination,
  given: string,
  signal: AbortSignal,
): Promise<string> {
  const { kind } = (await examination.writer(signal)).writer;
  try {
    const rendered = await renderMessage(examination, kind, signal);
    if (rendered === null) return "";
    // A text completion gets its BOS from the server: the rendered message has it already.
    return rendered === given || isWithBos(rendered, given)
      ? "; as a chat message it would be kept too"
      : `; as a chat message it would become ${quoteTail(rendered, 50)}, which is why it is not sent as one`;
  } catch {
    return "; as a chat message the server would refuse it, which is why it is not sent as one";
  }
}

/** One token before the text, such as "<s>": templates put no angle brackets before the first turn's own. */
function isWithBos(rendered: string, given: string): boolean {
  const before = rendered.slice(0, rendered.length - given.length);
  return rendered.endsWith(given) && /^<[^<>]+>$/.test(before);
}

async function renderMessage(
  { access, promptRequest, thinking }: Examination,
  kind: string,
  signal: AbortSignal,
): Promise<string | null> {
  const questions = questionsFor(kind);
  if (questions === null || access === null) return null;
  const request = promptRequest();
  const content = (thinking === false ? "" : `${thinking.open}\n`) + THOUGHT;
  const messages = [...request.messages, { role: "assistant", content }];
  return questions.renderUnfinished(access, { ...request, messages }, signal);
}
