import type { ToolCallPart } from "../script/tool-call-parser.js";

type Json = Record<string, unknown>;

/** What stands in a chunk beside its delta. */
interface Beside {
  readonly logprobs?: unknown;
  readonly finish_reason?: string;
  readonly matched_stop?: string | number | null;
  /** With `continuous_usage_stats`. */
  readonly usage?: Json | null;
}

/** The chunks of one chat stream. Which fields are null and which absent is as in SGLang's two encoders. */
export class ChatChunks {
  readonly #common: Json;

  constructor(model: unknown) {
    this.#common = {
      id: "fake",
      object: "chat.completion.chunk",
      created: Math.floor(Date.now() / 1000),
      model: typeof model === "string" ? model : "default",
    };
  }

  /** Text, the role, the end. The encoder leaves out what is null, but for `reasoning_content`. */
  plain(delta: Json, { usage = null, ...beside }: Beside = {}): Json {
    const choice = { ...this.#choice({ reasoning_content: null, ...delta }), ...beside };
    return { ...this.#common, choices: [choice], ...(usage === null ? {} : { usage }) };
  }

  /** What the tool parser lets out: nulls are written, and log-probabilities never. */
  parsed(delta: Json, usage: Json | null = null): Json {
    const nulls = { role: null, content: null, reasoning_content: null };
    return { ...this.#common, choices: [this.#choice({ ...nulls, ...delta })], usage };
  }

  /** A piece of a call: the first has id and name, those behind it neither. */
  call(part: ToolCallPart, usage: Json | null): Json {
    const { index } = part;
    const isFirst = "name" in part;
    const definition = isFirst
      ? { name: part.name, arguments: "" }
      : { name: null, arguments: part.slice };
    const id = isFirst ? `call_${part.id}` : null;
    return this.parsed(
      { tool_calls: [{ id, index, type: "function", function: definition }] },
      usage,
    );
  }

  usage(usage: Json): Json {
    return { ...this.#common, choices: [], usage };
  }

  #choice(delta: Json): Json {
    return { index: 0, delta, logprobs: null, finish_reason: null, matched_stop: null };
  }
}
