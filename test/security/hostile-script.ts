import { HOSTILE } from "../report/hostile-run.js";

/** What a model may write to break out of where its words are shown: steering, markup, tags, frames of a stream. */
export const HOSTILE_STEP = `__proto__ ${HOSTILE} <think> <|im_end|> "}]}`;
export const HOSTILE_ANSWER = `constructor ${HOSTILE} </think> <tool_call>\n\ndata: [DONE]\n\nevent: error\n`;
export const HOSTILE_SCRIPT = {
  steps: [{ text: HOSTILE_STEP, entropy: 0.2 }],
  answer: HOSTILE_ANSWER,
};
