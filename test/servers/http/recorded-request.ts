export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The text that the model was given; `null` where it was not asked to write. */
  prompt: string | null;
  /** Tokens of it, and those of them that the server had in its cache; `null` where it was not asked to write. */
  promptTokens: { readonly all: number; readonly cached: number } | null;
  /** Tokens that went out. */
  tokensWritten: number;
  /** Tokens that went out after the client had closed. */
  tokensAfterAbort: number;
  aborted: boolean;
  /** When each token went out, in ms of `performance.now()`. */
  readonly writtenAt: number[];
  /** When the client was seen to have closed; `null`: it has not. */
  abortedAt: number | null;
}
