import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import { chatAnswer } from "../chat-answer/chat-answer.js";
import { responseFormatAnswer } from "../chat-answer/response-format-answer.js";
import type { ChunkReader, GenerationChoice } from "../completion/read-generation.js";
import { StopRemains } from "../completion/stop-remains.js";
import {
  createTextCompletionWriter,
  type TextCompletionOptions,
} from "../completion/text-completion.js";
import { keepErrorBodies } from "../connection/keep-error-bodies.js";
import { openAIAccess } from "../connection/openai-client.js";
import { carryAsIds } from "./sglang-carry.js";
import { withinContext } from "./sglang-context.js";
import { withRawLogprobs } from "./sglang-temperature.js";
import { sglangTokenize } from "./sglang-tokenize.js";

/** Running totals: an aborted stream gives no others. */
const USAGE = { stream_options: { include_usage: true, continuous_usage_stats: true } };

/**
 * Continues a thought on an SGLang server through text completions. Works with every chat template and with
 * reasoning and tool parsers switched on.
 *
 * Written from SGLang's source (0.5.23) and tested against a fake made from it: not seen on a real server.
 *
 * @param model - a `ChatOpenAI` whose base URL is the server's
 * @throws GlimpRouterError `invalid_option` where the model has no usable client
 */
export function sglangWriter(model: unknown, role: Role): StepWriter<ThoughtPrompt> {
  const access = keepErrorBodies(openAIAccess(model, role));
  const options: TextCompletionOptions = {
    kind: "sglang",
    access,
    promptText: sglangTokenize(access),
    fields: ({ showTags }) => ({
      // EOS shows no text all the same, but only while the server trims what stopped it: so no
      // `no_stop_trim` here.
      ...(showTags ? { skip_special_tokens: false } : {}),
      ...USAGE,
    }),
    reader: ({ stop }) => sglangReader(stop),
  };
  const withTools = chatAnswer({
    access,
    carry: carryAsIds(access),
    // Its reasoning parser would take the answer for a thought, and hide its calls from the tool parser.
    fields: { separate_reasoning: false, ...USAGE },
  });
  const responseFormatFields = (response_format: object) => ({ response_format });
  const writer = {
    ...createTextCompletionWriter(options),
    answer: responseFormatAnswer(options, { withTools, responseFormatFields }),
  };
  return withRawLogprobs(withinContext(writer), access);
}

function sglangReader(stop: readonly string[]): ChunkReader {
  const remains = new StopRemains(stop);
  return {
    textOf: (choice) => remains.read(choice.text ?? "", endOf(choice)),
    matchedStop: sglangMatchedStop,
  };
}

function endOf(choice: GenerationChoice): "stop" | "other" | null {
  if (!choice.finish_reason) return null;
  return sglangMatchedStop(choice) === null ? "other" : "stop";
}

/** SGLang tells a stop string (a text) from EOS and stop tokens (a number). */
function sglangMatchedStop(choice: GenerationChoice): string | null {
  const { matched_stop } = choice as { matched_stop?: unknown };
  return typeof matched_stop === "string" ? matched_stop : null;
}
