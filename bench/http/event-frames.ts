import {
  CLOSE_TAG,
  candidateLogprobs,
  type ScriptedToken,
  type ThoughtShape,
  thoughtScript,
} from "../thought-script.js";

/**
 * Server-sent events in vLLM 0.32's shapes, made ready: the server should not be what the bench waits for.
 * Each ends where the running usage goes.
 */
export interface FramedToken {
  readonly text: string;
  /** A fused stream ends here: a hard step's first token, or the closing tag. */
  readonly endsFused: boolean;
  readonly completion: string;
  readonly completionWithLogprobs: string;
  readonly chat: string;
  readonly chatWithLogprobs: string;
}

/** Stands in candidates for the number of the reply. */
export const REPLY_MARK = "~";

export interface FramedReply {
  readonly thought: readonly FramedToken[];
  readonly answer: readonly FramedToken[];
  indexAt(length: number): number;
}

const ID = '"id":"cmpl-8f2d0c1e5b7a4c39","created":1764000000,"model":"bench"';

export function frameReply(shape: ThoughtShape): FramedReply {
  const { thought, answer, indexAt } = thoughtScript(shape);
  return { thought: thought.map(frameToken), answer: answer.map(frameToken), indexAt };
}

/** A token without candidates; `text` may be empty, `finish` says why the reply ends. */
export function endFrame(path: string, finish: string, stopReason: string | null): string {
  const end = `"finish_reason":"${finish}","stop_reason":${JSON.stringify(stopReason)}`;
  return path.endsWith("/chat/completions")
    ? `data: {${ID},"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":""},"logprobs":null,${end}}]`
    : `data: {${ID},"object":"text_completion","choices":[{"index":0,"text":"","logprobs":null,${end}}]`;
}

/** The first event of a chat stream names the speaker, and brings no token. */
export const ROLE_FRAME = `data: {${ID},"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n`;

/** What a digit behind a rating line comes as. */
export const RATING: FramedToken = frameToken({ text: "8", hard: false }, 0);

/** @param cached - tokens of the prompt that came from the cache, `null` where there is none */
export function usageFrame(promptTokens: number, written: number, cached: number | null): string {
  const details = cached === null ? "" : `,"prompt_tokens_details":{"cached_tokens":${cached}}`;
  return `data: {${ID},"choices":[]${usageTail(promptTokens, written, details)}data: [DONE]\n\n`;
}

export function usageTail(promptTokens: number, written: number, details = ""): string {
  return `,"usage":{"prompt_tokens":${promptTokens},"total_tokens":${promptTokens + written},"completion_tokens":${written}${details}}}\n\n`;
}

function frameToken({ text, hard }: ScriptedToken, place: number): FramedToken {
  const logprobs = candidateLogprobs(hard);
  // Others at every place and in every reply, as a model has them: a map's keys are new each time, which
  // costs whoever reads it.
  const candidates = logprobs.map((logprob, index) => ({
    token: index === 0 ? text : ` other${place * logprobs.length + index}${REPLY_MARK}`,
    logprob,
  }));
  const legacy = {
    text_offset: [0],
    token_logprobs: [logprobs[0]],
    tokens: [text],
    top_logprobs: [Object.fromEntries(candidates.map(({ token, logprob }) => [token, logprob]))],
  };
  const listed = candidates.map((candidate) => ({
    ...candidate,
    bytes: [...Buffer.from(candidate.token)],
  }));
  const list = { content: [{ ...listed[0], top_logprobs: listed }] };
  const completion = (found: unknown) =>
    `data: {${ID},"object":"text_completion","choices":[{"index":0,"text":${JSON.stringify(text)},"logprobs":${JSON.stringify(found)},"finish_reason":null,"stop_reason":null}]`;
  const chat = (found: unknown) =>
    `data: {${ID},"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"logprobs":${JSON.stringify(found)},"finish_reason":null}]`;
  return {
    text,
    endsFused: hard || text === CLOSE_TAG,
    completion: completion(null),
    completionWithLogprobs: completion(legacy),
    chat: chat(null),
    chatWithLogprobs: chat(list),
  };
}
