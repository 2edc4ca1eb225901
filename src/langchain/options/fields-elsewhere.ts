const TO_THE_MODELS =
  "It belongs to the two models: give it to `small` and `large`, as in `new ChatOpenAI({ ... })`.";
const LIMITS = "The router's limits are `maxAnswerTokens`, `maxThoughtTokens` and `maxStepTokens`.";
const STOP =
  "It is an option of a call, for the answer: `router.invoke(messages, { stop })`, or `router.withConfig({ stop })`.";
const TIMEOUT = "It is an option of a call: `router.invoke(messages, { timeout, signal })`.";
const TOOLS = "Bind them: `router.bindTools(tools, { tool_choice })`.";
const FORMAT =
  "Say `router.withStructuredOutput(schema)`, or give it to a call: `router.invoke(messages, { response_format })`.";

/** Fields of other chat models that people look for here, and where each belongs. */
export const FIELDS_ELSEWHERE: Readonly<Record<string, string>> = {
  ...toEach(TO_THE_MODELS, [
    "temperature",
    "topP",
    "top_p",
    "topK",
    "top_k",
    "minP",
    "min_p",
    "seed",
    "frequencyPenalty",
    "frequency_penalty",
    "presencePenalty",
    "presence_penalty",
    "repetitionPenalty",
    "repetition_penalty",
    "logitBias",
    "logprobs",
    "top_logprobs",
    "n",
    "model",
    "modelName",
    "modelKwargs",
    "configuration",
    "baseURL",
    "baseUrl",
    "openAIApiKey",
    "reasoning",
    "reasoningEffort",
  ]),
  ...toEach(LIMITS, [
    "maxTokens",
    "max_tokens",
    "maxCompletionTokens",
    "max_completion_tokens",
    "maxOutputTokens",
    "numPredict",
  ]),
  ...toEach(STOP, ["stop", "stopSequences", "stop_sequences"]),
  ...toEach(TIMEOUT, ["timeout", "signal"]),
  ...toEach(TOOLS, ["tools", "toolChoice", "tool_choice"]),
  ...toEach(FORMAT, ["response_format", "responseFormat"]),
};

function toEach(remedy: string, fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map((field) => [field, remedy]));
}
