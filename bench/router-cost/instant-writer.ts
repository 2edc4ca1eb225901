import type { Opening, StepWriter, Written } from "../../src/router/step-writer.js";
import {
  CLOSE_TAG,
  candidateLogprobs,
  type ScriptedToken,
  type ThoughtShape,
  thoughtScript,
} from "../thought-script.js";

const topOf = (hard: boolean) =>
  candidateLogprobs(hard).map((logprob, index) => ({ token: `c${index}`, logprob }));

const TOPS = { hard: topOf(true), easy: topOf(false) };

/** A writer without a model: answers at once, so that what is measured is the router. */
export function instantWriter(shape: ThoughtShape): StepWriter {
  const script = thoughtScript(shape);
  return {
    kind: "instant",
    async open(): Promise<Opening> {
      const data = null;
      return { kind: "instant", data, opensThought: true, promptTokens: 10, contextSize: null };
    },
    async *write(_from, text, how): AsyncGenerator<Written> {
      if (text.includes(CLOSE_TAG)) {
        for (const token of script.answer) yield itemOf(token);
        yield { type: "end", reason: "eos" };
        return;
      }
      const from = script.indexAt(text.length);
      for (const token of script.thought.slice(from, from + how.maxTokens)) {
        yield itemOf(token);
        if (how.stop?.includes(token.text)) {
          yield { type: "end", reason: "stop" };
          return;
        }
      }
      yield { type: "end", reason: "length" };
    },
  };
}

function itemOf({ text, hard }: ScriptedToken): Written {
  const top = hard ? TOPS.hard : TOPS.easy;
  return { type: "text", text, tokens: [{ token: text, logprob: -0.1, top }] };
}
