import { setTimeout as sleep } from "node:timers/promises";
import type { StepWriter, WriteOptions, Written } from "../../src/router/step-writer.js";
import { Prefill } from "../http/prefill.js";
import {
  candidateLogprobs,
  type ScriptedToken,
  type ThoughtShape,
  thoughtScript,
} from "../thought-script.js";

/**
 * Small as a model in this process is: a token is written when it is asked for, so a stream that is not read stands still. It
 * computes nothing: it takes as long as it is told.
 */
export function pulledSmall(
  shape: ThoughtShape,
  times: { readonly msPerToken: number; readonly msPerRead: number; readonly block: number },
): StepWriter {
  const script = thoughtScript(shape);
  const prefill = new Prefill({ msPerToken: times.msPerRead, block: times.block });
  const encode = (text: string) => prefill.tokenizer.encode(text);
  return {
    kind: "pulled",
    open: async () => ({
      kind: "pulled",
      data: null,
      opensThought: true,
      promptTokens: 0,
      contextSize: null,
    }),
    async *write(_from, thought, how: WriteOptions, signal): AsyncGenerator<Written> {
      await prefill.read("small", encode(thought));
      let due = performance.now();
      let text = thought;
      for (const token of script.thought.slice(script.indexAt(thought.length))) {
        due = Math.max(due, performance.now() - times.msPerToken) + times.msPerToken;
        await sleep(Math.max(0, due - performance.now()));
        if (signal?.aborted === true) break;
        text += token.text;
        yield itemOf(token, how);
      }
      prefill.keep("small", encode(text));
    },
  };
}

function itemOf({ text, hard }: ScriptedToken, { topLogprobs }: WriteOptions): Written {
  const top = candidateLogprobs(hard)
    .slice(0, topLogprobs)
    .map((logprob, index) => ({ token: index === 0 ? text : ` other${index}`, logprob }));
  return { type: "text", text, tokens: [{ token: text, logprob: top[0]?.logprob ?? null, top }] };
}
