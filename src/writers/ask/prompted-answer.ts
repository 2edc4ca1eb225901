import type { BaseMessage } from "@langchain/core/messages";
import { askForAnswer } from "../../prompt/ask-prompt.js";
import type { AnswerFields, ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import { toolNames } from "../chat-answer/tool-call-parts.js";
import { type PromptedModel, readPromptedAnswer } from "./read-prompted.js";

/** A chat model that tools can be bound to. */
interface ToolModel extends PromptedModel {
  bindTools(
    tools: readonly Readonly<Record<string, unknown>>[],
    options: Readonly<Record<string, unknown>>,
  ): PromptedModel;
}

/**
 * Answers with tools or in a response format through the model's own `bindTools` and call options; the thought goes
 * into the prompt.
 *
 * @returns `undefined` where the model has no `bindTools`
 */
export function promptedAnswer(
  model: PromptedModel,
  role: Role,
): StepWriter<ThoughtPrompt, ToolCallPart>["answer"] {
  if (!canBindTools(model)) return undefined;
  return async function* answer({ affinity }, prompt, thought, how, signal) {
    signal?.throwIfAborted();
    const { thinking, answer: fields = {} } = prompt;
    const messages: BaseMessage[] =
      thinking === false ? [...prompt.messages] : askForAnswer(prompt.messages, { thought });
    const asked = {
      messages,
      thinking,
      isAnswer: true,
      role,
      affinity,
      model,
      tools: toolNames(fields),
      how: { ...how, topLogprobs: 0 },
    };
    yield* readPromptedAnswer(withAnswerFields(model, fields), asked, signal);
  };
}

function canBindTools(model: PromptedModel): model is ToolModel {
  return typeof (model as Partial<ToolModel>).bindTools === "function";
}

function withAnswerFields(model: ToolModel, fields: AnswerFields): PromptedModel {
  const { tools, tool_choice, parallel_tool_calls, response_format } = fields;
  const bound =
    tools === undefined
      ? model
      : model.bindTools(tools, {
          ...(tool_choice === undefined ? {} : { tool_choice: choiceOf(tool_choice) }),
          ...(parallel_tool_calls === undefined ? {} : { parallel_tool_calls }),
        });
  if (response_format === undefined) return bound;
  return {
    stream: (messages, options) =>
      bound.stream(messages, { ...options, ...formatField(model, response_format) }),
    _llmType: () => model._llmType?.() ?? "chat",
  };
}

/** `ChatOllama` takes a schema by itself, under a name of its own, and ignores every other. */
function formatField(
  model: ToolModel,
  response_format: NonNullable<AnswerFields["response_format"]>,
): Readonly<Record<string, unknown>> {
  if (model._llmType?.() !== "ollama") return { response_format };
  const { json_schema } = response_format as { json_schema?: { schema?: unknown } };
  return { format: json_schema?.schema ?? "json" };
}

/** In LangChain's words, which every provider's `bindTools` knows: `"any"`, or the tool's name. */
function choiceOf(choice: NonNullable<AnswerFields["tool_choice"]>): unknown {
  if (choice === "required") return "any";
  if (typeof choice === "string") return choice;
  const { name } = (choice.function ?? {}) as { name?: unknown };
  return typeof name === "string" ? name : choice;
}
