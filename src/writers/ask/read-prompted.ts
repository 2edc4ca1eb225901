import type { BaseMessage } from "@langchain/core/messages";
import type { GlimpRouterError } from "../../errors.js";
import { backoffMs, pause } from "../../router/backoff.js";
import { markCut } from "../../router/cut.js";
import type { Answered, Role, Written } from "../../router/step-writer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import { withBreaker } from "../connection/circuit-breaker.js";
import { callerOf, hasOpenAIClient } from "../connection/openai-client.js";
import { isPlainRateLimit } from "../connection/rate-limit.js";
import { abortError, isServerOut } from "../connection/retries.js";
import { secretsOf } from "../connection/secrets.js";
import { answerStatus, isPassing, requestError } from "../connection/server-error.js";
import { ServerIsOut } from "../connection/server-is-out.js";
import { OwnParts } from "./own-parts.js";
import { type Prompted, PromptedReply, type ReplyChunk, tagsOf } from "./prompted-reply.js";
import { UntaggedThought } from "./untagged-thought.js";

/** A LangChain chat model, as far as it is used: by its shape, so one of another copy of core is as good. */
export interface PromptedModel {
  stream(
    messages: BaseMessage[],
    options: Readonly<Record<string, unknown>>,
  ): Promise<AsyncIterable<ReplyChunk>>;
  _llmType?(): string;
  /** LangChain's own, which knows how often the model may be asked again. */
  readonly caller?: { readonly maxRetries?: number };
}

/**
 * Asks, and reads the reply as the port wants it. The reply's own end is the end of the step that was asked
 * for, so it counts as its stop string. Reasoning of the model's own is no part of the step.
 *
 * @throws GlimpRouterError `server` where the model fails, or its provider withholds the reply
 */
export async function* readPrompted(
  model: PromptedModel,
  asked: Prompted,
  signal?: AbortSignal,
): AsyncGenerator<Written, void, void> {
  for await (const written of readPromptedAnswer(model, asked, signal)) {
    // Without tools bound to it a model calls none.
    if (written.type === "text") yield written;
    else if (written.type === "end" && written.reason !== "tool_calls") yield written;
  }
}

/** The same for an answer, which may call tools. */
export async function* readPromptedAnswer(
  model: PromptedModel,
  asked: Prompted,
  signal?: AbortSignal,
): AsyncGenerator<Answered<ToolCallPart>, void, void> {
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const reply = new PromptedReply(asked, () => secretsOf(model));
  const ownParts = new OwnParts(hasOpenAIClient(model));
  const untagged = asked.isAnswer
    ? new UntaggedThought(tagsOf(asked).close, asked.model ?? model)
    : null;
  let chunks: AsyncIterator<ReplyChunk> | null = null;
  try {
    const options = { ...callOptions(asked, own.signal), ...affinityOptions(model, asked) };
    const stream = await openWithin(
      model,
      () => model.stream([...asked.messages], options),
      own.signal,
    );
    chunks = stream[Symbol.asyncIterator]();
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      yield* piecesOf(reply, ownParts.of(next.value), untagged);
      if (reply.isEnough) break;
    }
    if (signal?.aborted) throw abortError(signal);
    yield* textsOf(reply.rest(), untagged);
    const end = reply.end(hasOpenAIClient(model));
    for (const text of untagged?.end(end?.reason === "eos") ?? []) yield textItem(text);
    if (end !== null) yield end;
  } catch (error) {
    throw signal?.aborted
      ? abortError(signal)
      : modelError(error, { model, role: asked.role, isOpen: chunks !== null });
  } finally {
    signal?.removeEventListener("abort", abort);
    // First the abort: ending the stream alone would wait for its next token.
    own.abort();
    chunks?.return?.().catch(() => undefined);
  }
}

/**
 * A 429 that does not say when to come back (LangChain's callers give up on it at once), and a server that is not asked at the moment,
 * are tried again. Else LangChain has tried by itself: all its tries are one to the breaker.
 */
async function openWithin<Stream>(
  model: PromptedModel,
  open: () => Promise<Stream>,
  signal: AbortSignal,
): Promise<Stream> {
  const most = model.caller?.maxRetries ?? 0;
  for (let retry = 1; ; retry++) {
    try {
      return await withBreaker(callerOf(model), open, isServerOut, signal);
    } catch (error) {
      const isAnother = isPlainRateLimit(error) || error instanceof ServerIsOut;
      if (signal.aborted || retry > most || !isAnother) throw error;
    }
    await pause(backoffMs(retry), signal);
  }
}

function* piecesOf(
  reply: PromptedReply,
  chunk: ReplyChunk,
  untagged: UntaggedThought | null,
): Generator<Answered<ToolCallPart>, void, void> {
  const text = reply.read(chunk);
  if (text === "" && reply.isSilent) yield textItem(text);
  if (untagged !== null) yield* textsOf(text, untagged);
  else if (text !== "") yield { type: "text", text, tokens: reply.tokens(chunk, text) };
  for (const part of reply.calls(chunk)) {
    for (const before of untagged?.end(false) ?? []) yield textItem(before);
    yield { type: "part", part };
  }
}

function* textsOf(
  text: string,
  untagged: UntaggedThought | null,
): Generator<Answered<ToolCallPart>, void, void> {
  if (text === "") return;
  for (const own of untagged?.read(text) ?? [text]) yield textItem(own);
}

function textItem(text: string): Extract<Written, { type: "text" }> {
  return { type: "text", text, tokens: [] };
}

/** No callback but the model's own: a surrounding graph must not take its tokens for the router's. */
function callOptions(
  { how, isAnswer }: Prompted,
  signal: AbortSignal,
): Readonly<Record<string, unknown>> {
  const { stop = [] } = how;
  return {
    signal,
    callbacks: [],
    tags: ["nostream", "langsmith:nostream"],
    ...(isAnswer && stop.length > 0 ? { stop: [...stop] } : {}),
  };
}

/** A header for one call is an option of ChatOpenAI's; other models have no name in common for it. */
function affinityOptions(
  model: PromptedModel,
  { affinity, model: own }: Prompted,
): Readonly<Record<string, unknown>> {
  if (affinity === undefined || !hasOpenAIClient(own ?? model)) return {};
  const headers = { [affinity.header]: affinity.id };
  // Its streams read the one, its whole replies the other.
  return { headers, options: { headers } };
}

function modelError(
  error: unknown,
  {
    model,
    role,
    isOpen,
  }: { readonly model: PromptedModel; readonly role: Role; readonly isOpen: boolean },
): GlimpRouterError {
  const type = model._llmType?.() ?? "chat";
  const told = requestError(error, "writing", {
    role,
    who: `The ${role} model (${type})`,
    remedy: remedy(answerStatus(error)),
    secrets: secretsOf(model),
  });
  // Before its stream began the model has tried again by itself.
  return isOpen && isPassing(error) ? markCut(told, "error") : told;
}

function remedy(status: number | null): string {
  if (status === 401 || status === 403) return "Check the model's key.";
  if (status === 404) return "Check the model's name, and its address.";
  if (status === 429)
    return "The provider limits requests: raise the model's `maxRetries`, or wait.";
  if (status === 400 || status === 422) return "The provider refused the request as it is.";
  return 'Check that it works by itself: `await model.invoke("Hi")`.';
}
