import {
  BaseChatModel,
  type BaseChatModelCallOptions,
} from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage, type UsageMetadata } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";

interface PlainFields {
  readonly name: string;
  /** Kept, as `ChatOpenAI` keeps them. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Fails so. */
  readonly error?: Error;
  /** Its stream breaks off. */
  readonly isCut?: boolean;
  /** Writes nothing, and hears no abort. */
  readonly isDeaf?: boolean;
}

/** What was asked of a plain model. */
export interface PlainCall {
  readonly model: PlainModel;
  readonly messages: readonly BaseMessage[];
  readonly options: BaseChatModelCallOptions & Record<string, unknown>;
}

/** A chat model alone, as an OpenAI-compatible server's is: it tells who it is, and keeps what it was asked. */
export class PlainModel extends BaseChatModel<BaseChatModelCallOptions, AIMessageChunk> {
  static readonly calls: PlainCall[] = [];
  readonly fields: PlainFields;
  readonly completions = {};

  constructor(fields: PlainFields) {
    super({});
    this.fields = fields;
  }

  override _llmType(): string {
    return "plain";
  }

  override _generate(): Promise<ChatResult> {
    throw new Error("It is streamed.");
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
  ): AsyncGenerator<ChatGenerationChunk> {
    PlainModel.calls.push({ model: this, messages, options: options as PlainCall["options"] });
    const { name, error, isCut = false, isDeaf = false } = this.fields;
    if (isDeaf) await new Promise(() => undefined);
    if (error !== undefined) throw error;
    for (const text of ["I am ", `${name}.`]) yield chunk({ content: text });
    if (isCut) return;
    yield chunk({ content: "" }, "stop");
    const usage_metadata = {
      input_tokens: 7,
      output_tokens: 5,
      total_tokens: 12,
      output_token_details: { reasoning: 2 },
    };
    yield chunk({ content: "", usage_metadata });
  }
}

function chunk(
  fields: { content: string; usage_metadata?: UsageMetadata },
  finish_reason?: string,
): ChatGenerationChunk {
  const response_metadata = {
    model_provider: "openai",
    ...(finish_reason === undefined ? {} : { finish_reason }),
  };
  const message = new AIMessageChunk({ ...fields, response_metadata } as never);
  return new ChatGenerationChunk({ text: fields.content, message });
}
