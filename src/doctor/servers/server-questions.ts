import type { PromptTextRequest } from "../../writers/completion/prompt-text-source.js";
import type { OpenAIAccess } from "../../writers/connection/openai-client.js";

/** What a plain chat request shows of a server's reasoning parser. */
export interface ParsedReply {
  /** The thought came in a field of its own. */
  readonly parsed: boolean;
  /** The first bit of the reply, whichever field it came in. */
  readonly begins: string;
}

/** What only a server of one kind can be asked. Each question is one cheap request. */
export interface ServerQuestions {
  /** The server's name and version, in words. */
  version(access: OpenAIAccess, signal: AbortSignal): Promise<string>;
  /** The prompt's text where the last message, the assistant's, is unfinished. */
  renderUnfinished(
    access: OpenAIAccess,
    request: PromptTextRequest,
    signal: AbortSignal,
  ): Promise<string>;
  /** How many BOS a text has when the model reads it, `null` where that cannot be told. Absent: the server is told which. */
  bosBefore?(access: OpenAIAccess, text: string, signal: AbortSignal): Promise<number | null>;
  /** What the server makes of a chat request of one token or a few. */
  parsedReply(
    access: OpenAIAccess,
    request: PromptTextRequest,
    signal: AbortSignal,
  ): Promise<ParsedReply>;
  /** Requests that are being answered now, `null` where the server does not tell. */
  running(access: OpenAIAccess, model: unknown, signal: AbortSignal): Promise<number | null>;
  /** Whether its scheduler heeds a request's priority, in words. Absent: it knows none. */
  priority?(access: OpenAIAccess, model: unknown, signal: AbortSignal): Promise<string>;
  /** Does a draft model, or the like, write ahead? `null` where the server does not tell. */
  speculates(access: OpenAIAccess, model: unknown, signal: AbortSignal): Promise<boolean | null>;
  /** Is a prompt longer than the context refused, or is its beginning left out? Absent: it is refused by all that are known. */
  refusesTooLong?(access: OpenAIAccess, contextSize: number, signal: AbortSignal): Promise<boolean>;
  /** Milliseconds for which one more request waited until the model was loaded, `null` where the server does not tell. */
  loading?(access: OpenAIAccess, signal: AbortSignal): Promise<number | null>;
  /** Names of the models in its memory, where it loads and unloads them by itself. Absent: it serves what it was started with. */
  inMemory?(access: OpenAIAccess, signal: AbortSignal): Promise<readonly string[]>;
}
