import { VllmError } from "./vllm-error.js";

type Body = Readonly<Record<string, unknown>>;

export function checkModel({ model }: Body, modelName: string): void {
  if (model === undefined || model === modelName) return;
  throw new VllmError(
    404,
    `The model \`${model}\` does not exist. Valid aliases: ${modelName}.`,
    "NotFoundError",
    "model",
  );
}

export function stopOf({ stop }: Body): readonly string[] {
  const list: unknown[] =
    stop === undefined || stop === null ? [] : Array.isArray(stop) ? stop : [stop];
  if (list.some((text) => typeof text !== "string")) {
    throw new VllmError(400, "1 validation error: stop: Input should be a valid string");
  }
  if (list.length > 4) {
    throw new VllmError(
      400,
      "1 validation error: stop: List should have at most 4 items after validation",
    );
  }
  if (list.includes("")) throw new VllmError(400, "stop cannot contain an empty string.");
  return list as string[];
}

export function checkSampling({ temperature, max_tokens }: Body, maxModelLen: number): void {
  if (typeof temperature === "number" && (temperature < 0 || temperature > 2)) {
    throw new VllmError(400, `temperature must be in [0, 2], got ${temperature.toFixed(1)}.`);
  }
  if (typeof max_tokens === "number" && max_tokens < 1) {
    throw new VllmError(
      400,
      `max_tokens must be at least 1, got ${max_tokens}. (parameter=max_tokens, value=${max_tokens})`,
      "BadRequestError",
      "max_tokens",
    );
  }
  if (typeof max_tokens === "number" && max_tokens > maxModelLen) {
    throw new VllmError(
      400,
      `max_tokens=${max_tokens} cannot be greater than max_model_len=${maxModelLen}. Please request fewer output tokens. (parameter=max_tokens, value=${max_tokens})`,
      "BadRequestError",
      "max_tokens",
    );
  }
}

export function checkPromptLength(tokens: number, maxModelLen: number): void {
  if (tokens === 0) throw new VllmError(400, "The decoder prompt cannot be empty");
  if (tokens < maxModelLen) return;
  throw new VllmError(
    400,
    `This model's maximum context length is ${maxModelLen} tokens. However, your prompt contains at least ${tokens} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=${tokens})`,
    "BadRequestError",
    "input_tokens",
  );
}

/** vLLM finds this out in its engine: a stream has begun by then, and the error comes inside it. */
export function logprobsError(k: number, maxLogprobs = 20): VllmError | null {
  if (k <= maxLogprobs) return null;
  return new VllmError(
    400,
    `Requested sample logprobs of ${k}, which is greater than max allowed: ${maxLogprobs} (parameter=logprobs, value=${k})`,
    "BadRequestError",
    "logprobs",
  );
}

/** How the last message is to be taken, as vLLM checks it for chat requests and for /tokenize. */
export function continuesFinalMessage(body: Body): boolean {
  const continues = body.continue_final_message === true;
  if (!continues || body.add_generation_prompt === false) return continues;
  throw new VllmError(
    400,
    body.add_generation_prompt === true
      ? "Cannot set both `continue_final_message` and `add_generation_prompt` to True."
      : "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you want the model to continue the final message, and add_generation_prompt when you want to add a generation prompt.",
  );
}

const RESPONSE_FORMATS: ReadonlySet<unknown> = new Set(["text", "json_object", "json_schema"]);

/** Tools, their choice, and the response format of a chat request. */
export function checkAnswerForm({ tools, tool_choice, response_format }: Body): void {
  if (tool_choice !== undefined && tool_choice !== "none" && !Array.isArray(tools)) {
    throw new VllmError(400, "When using `tool_choice`, `tools` must be set.");
  }
  checkTools(tools, tool_choice);
  if (response_format === undefined || response_format === null) return;
  const { type, json_schema } = response_format as {
    type?: unknown;
    json_schema?: { name?: unknown; schema?: unknown };
  };
  if (!RESPONSE_FORMATS.has(type)) {
    throw new VllmError(
      400,
      "1 validation error: response_format.type: Input should be 'text', 'json_object' or 'json_schema'",
    );
  }
  if (type !== "json_schema") return;
  if (typeof json_schema?.name !== "string" || typeof json_schema.schema !== "object") {
    throw new VllmError(400, "1 validation error: response_format.json_schema: Field required");
  }
}

function checkTools(tools: unknown, choice: unknown): void {
  if (!Array.isArray(tools)) return;
  for (const { type, function: definition } of tools) {
    if (type !== "function" || typeof definition?.name !== "string") {
      throw new VllmError(400, "1 validation error: tools: Input should be a function");
    }
  }
  if (typeof choice === "string" && !["auto", "none", "required"].includes(choice)) {
    throw new VllmError(400, `Invalid value for \`tool_choice\`: ${choice}!`);
  }
  if (typeof choice !== "object" || choice === null) return;
  const { name } = (choice as { function?: { name?: unknown } }).function ?? {};
  if (!tools.some((tool) => tool.function.name === name)) {
    throw new VllmError(
      400,
      "The tool specified in `tool_choice` does not match any of the specified `tools`",
    );
  }
}
