import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import { carryInMessage, vllmCarriers } from "../chat-answer/answer-carrier.js";
import { chatAnswer } from "../chat-answer/chat-answer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import { vllmMatchedStop } from "../completion/read-generation.js";
import { createTextCompletionWriter } from "../completion/text-completion.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { promptTextOfChat } from "./prompt-text-of-chat.js";
import { tokenizeDetokenize } from "./tokenize-detokenize.js";
import { vllmFields } from "./vllm-fields.js";
import { vllmScore } from "./vllm-score.js";
import { type VllmOptions, vllmWriterOver } from "./with-priority.js";

/**
 * Continues a thought on a vLLM server through text completions. Works with every chat template and with
 * reasoning and tool parsers switched on. Written against vLLM 0.32.
 *
 * @param model - a `ChatOpenAI` whose base URL is the server's
 * @throws GlimpRouterError `invalid_option` where the model has no usable client
 */
export function vllmWriter(
  model: unknown,
  role: Role,
  options: VllmOptions = {},
): StepWriter<ThoughtPrompt> {
  return vllmWriterOver(model, role, options, writerOver);
}

function writerOver(access: OpenAIAccess): StepWriter<ThoughtPrompt, ToolCallPart> {
  const promptText = tokenizeDetokenize(access, promptTextOfChat(access));
  const writer = createTextCompletionWriter({
    kind: "vllm",
    access,
    promptText,
    fields: ({ serverAddsBos, ...how }) => ({
      ...vllmFields({ ...how, sampling: modelParams(access).sampling }),
      // vLLM adds a BOS to a text prompt by itself, also where the text has one.
      add_special_tokens: serverAddsBos,
    }),
    reader: () => ({ textOf: ({ text }) => text ?? "", matchedStop: vllmMatchedStop }),
  });
  const fields = vllmFields({ keepStop: false, showTags: false });
  const carry = carryInMessage(access, promptText, vllmCarriers);
  return {
    ...writer,
    scorePrompt: vllmScore(access),
    scoresAnew: true,
    answer: chatAnswer({ access, carry, fields }),
  };
}
