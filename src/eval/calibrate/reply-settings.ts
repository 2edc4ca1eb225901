import type { Json } from "../../core/json.js";
import type { AskedPair } from "../replies/asked-pair.js";
import { temperatureOf } from "../run/describe-model.js";

/** All that bounds and shapes a reply: replies that were kept under others are not mixed with new ones. */
export function replySettings(pair: AskedPair): Readonly<Record<string, Json>> {
  const { delimiter, thinking, topLogprobs, answerBy } = pair.options({});
  const { maxThoughtTokens, maxAnswerTokens, maxStepTokens, maxSteps } = pair.options({});
  const { small, large } = pair.models;
  return {
    temperature: { small: temperatureOf(small), large: temperatureOf(large) },
    delimiter,
    thinking: thinking === false ? false : { ...thinking },
    topLogprobs,
    answerBy,
    limits: { maxThoughtTokens, maxAnswerTokens, maxStepTokens, maxSteps },
  };
}
