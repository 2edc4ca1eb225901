import { createContentParser } from "@langchain/core/language_models/structured_output";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { JsonOutputParser, parseJsonMarkdown } from "@langchain/core/output_parsers";
import { Runnable, type RunnableConfig } from "@langchain/core/runnables";
import { concat } from "@langchain/core/utils/stream";
import type { OutputFields, OutputSchema } from "./structured-output.js";

type Parser = ReturnType<typeof createContentParser>;

/** An object in JSON as far as it is written. */
class GrowingObject {
  text = "";
  #shown = "";

  /** The object with more of its text, `undefined` where that adds nothing to it. */
  add(more: string): OutputFields | undefined {
    if (more === "") return undefined;
    this.text += more;
    const partial: unknown = parseJsonMarkdown(this.text);
    const shown = JSON.stringify(partial);
    if (partial === null || shown === this.#shown) return undefined;
    this.#shown = shown;
    return partial as OutputFields;
  }
}

/**
 * Parses an answer in JSON. While it streams there are partial objects, each replacing the one before; where a schema
 * checks (zod, a standard schema) the last one is the whole, checked.
 */
export class AnswerParser extends JsonOutputParser<OutputFields> {
  static override lc_name(): string {
    return "GlimpRouterAnswerParser";
  }
  override lc_serializable = false;
  readonly #whole: Parser;

  constructor(schema: OutputSchema) {
    super();
    this.#whole = createContentParser(schema);
  }

  override async parseResult(
    ...given: Parameters<JsonOutputParser<OutputFields>["parseResult"]>
  ): Promise<OutputFields> {
    return (await this.#whole.parseResult(...given)) as OutputFields;
  }

  override async *_transform(
    chunks: AsyncGenerator<string | BaseMessage>,
  ): AsyncGenerator<OutputFields> {
    const object = new GrowingObject();
    for await (const chunk of chunks) {
      const partial = object.add(typeof chunk === "string" ? chunk : chunk.text);
      if (partial !== undefined) yield partial;
    }
    const checks = !(this.#whole instanceof JsonOutputParser);
    if (checks) yield await this.parseResult([{ text: object.text }]);
  }
}

/** A message, and what it says; `null` where that breaks the schema. */
interface RawAndParsed {
  readonly raw: AIMessageChunk;
  readonly parsed: OutputFields | null;
}

/** The message beside what was parsed: in pieces while it streams, each with the object as far as it goes. */
export class RawAndParsedParser extends Runnable<AIMessageChunk, RawAndParsed> {
  static override lc_name(): string {
    return "GlimpRouterRawAndParsed";
  }
  override lc_namespace = ["langchain-glimprouter", "output_parsers"];
  readonly #parser: AnswerParser;

  constructor(parser: AnswerParser) {
    super();
    this.#parser = parser;
  }

  override invoke(
    message: AIMessageChunk,
    options?: Partial<RunnableConfig>,
  ): Promise<RawAndParsed> {
    const both = async (raw: AIMessageChunk) => ({ raw, parsed: await this.#parse(raw.text) });
    return this._callWithConfig(both, message, options);
  }

  override async *transform(
    chunks: AsyncGenerator<AIMessageChunk>,
    options: Partial<RunnableConfig>,
  ): AsyncGenerator<RawAndParsed> {
    const pieces = (inner: AsyncGenerator<AIMessageChunk>) => this.#pieces(inner);
    yield* this._transformStreamWithConfig(chunks, pieces, options);
  }

  /** @ignore */
  override _concatOutputChunks<Chunk>(first: Chunk, second: Chunk): Chunk {
    const [before, after] = [first as RawAndParsed, second as RawAndParsed];
    return { raw: concat(before.raw, after.raw), parsed: after.parsed } as Chunk;
  }

  async *#pieces(chunks: AsyncGenerator<AIMessageChunk>): AsyncGenerator<RawAndParsed> {
    const object = new GrowingObject();
    let parsed: OutputFields | null = null;
    for await (const raw of chunks) {
      parsed = object.add(raw.text) ?? parsed;
      const isLast = raw.response_metadata.finish_reason !== undefined;
      yield { raw, parsed: isLast ? await this.#parse(object.text) : parsed };
    }
  }

  async #parse(text: string): Promise<OutputFields | null> {
    try {
      return await this.#parser.parseResult([{ text }]);
    } catch {
      return null;
    }
  }
}
