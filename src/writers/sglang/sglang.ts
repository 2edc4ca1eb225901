import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import type { ChunkReader, GenerationChoice } from "../completion/read-generation.js";
import {
  createTextCompletionWriter,
  type TextCompletionOptions,
} from "../completion/text-completion.js";
import { warmOver } from "../completion/warm-over.js";
import { withinContext } from "../completion/within-context.js";
import { keepErrorBodies } from "../connection/error-bodies.js";
import { type OpenAIAccess, openAIAccess } from "../connection/openai-client.js";
import { withAffinity } from "../connection/with-affinity.js";
import { withRawLogprobs } from "./raw-logprobs.js";
import { requireAnswerable, sglangAnswer } from "./sglang-answer.js";
import { sglangScore } from "./sglang-score.js";
import { sglangServer } from "./sglang-server.js";
import { sglangTokenize } from "./sglang-tokenize.js";

/** Running totals: an aborted stream gives no others. */
const USAGE = { stream_options: { include_usage: true, continuous_usage_stats: true } };

/**
 * Continues a thought on an SGLang server through text completions. Works with every chat template and with
 * reasoning and tool parsers switched on.
 *
 * Tested on a real SGLang 0.5.23 (`npm run test:sglang`).
 *
 * @param model - a `ChatOpenAI` whose base URL is the server's
 * @throws GlimpRouterError `invalid_option` where the model has no usable client
 */
export function sglangWriter(model: unknown, role: Role): StepWriter<ThoughtPrompt> {
  return withAffinity(keepErrorBodies(openAIAccess(model, role)), (access) => ({
    ...writerOver(access),
    warm: warmOver(access, writerOver),
  }));
}

function writerOver(access: OpenAIAccess): StepWriter<ThoughtPrompt> {
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
    reader: () => sglangReader,
  };
  const texts = createTextCompletionWriter(options);
  const writer: StepWriter<ThoughtPrompt, ToolCallPart> = {
    ...texts,
    async open(prompt, signal) {
      const opening = await texts.open(prompt, signal);
      // Large writes the answer as a rule: told before the thought is paid for.
      if (access.role === "large")
        requireAnswerable(await sglangServer(access, signal), prompt, access);
      return opening;
    },
    scorePrompt: sglangScore(access),
    answer: sglangAnswer(options, USAGE),
  };
  return withRawLogprobs(withinContext(writer), access);
}

/** It holds back what may begin a stop string, so what it has sent is text, whatever comes. */
const sglangReader: ChunkReader = {
  textOf: ({ text }) => text ?? "",
  matchedStop: sglangMatchedStop,
};

/** SGLang tells a stop string (a text) from EOS and stop tokens (a number). */
function sglangMatchedStop(choice: GenerationChoice): string | null {
  const { matched_stop } = choice as { matched_stop?: unknown };
  return typeof matched_stop === "string" ? matched_stop : null;
}
