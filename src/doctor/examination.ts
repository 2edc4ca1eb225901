import { HumanMessage } from "@langchain/core/messages";
import type { ThinkingTags } from "../core/thinking-tags.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import type { Opening, Role, StepWriter } from "../router/step-writer.js";
import { promptTextOf } from "../writers/completion/prompt-text-of.js";
import type { PromptTextRequest } from "../writers/completion/prompt-text-source.js";
import { modelParams } from "../writers/connection/model-params.js";
import { type OpenAIAccess, openAIAccess } from "../writers/connection/openai-client.js";
import type { Continuation } from "../writers/step-writer-for.js";
import { type ArrivedText, readArrival, whetherHeld } from "./arrival.js";
import { examinedModel } from "./examined-model.js";
import { bringsWriter, type FoundWriter, findWriter, writerAt } from "./find-writer.js";
import { type Pace, paceOf, waitOf } from "./pace.js";
import { readText, type ShortText } from "./read-text.js";
import { type ReplyPath, ReplyWatch } from "./reply-path.js";
import { listServedModels, type ServedModel } from "./served-models.js";

/** What is asked, and the beginning of a thought whose next words anybody knows. */
const QUESTION = "Count from 1 to 9.";
export const COUNTED = "1, 2, 3,";

/** Enough to see what a text is. */
const FEW_TOKENS = 8;

/** Enough to see how a text comes; one that comes as it is written is left after some 16. */
const MANY_TOKENS = 128;

/** One model under examination. What several checks look at is asked for once, by the first of them. */
export interface Examination {
  readonly role: Role;
  readonly modelName: string | null;
  /** `null` for a model that is not reached by the OpenAI SDK. */
  readonly access: OpenAIAccess | null;
  readonly thinking: ThinkingTags | false;
  readonly topLogprobs: number;
  /** Tokens, where the user said so. */
  readonly givenContextSize: number | undefined;
  /** What a server's own rendering is asked for with. Only with `access`. */
  promptRequest(): PromptTextRequest;
  /** The server's list, `null` where it has none. */
  servedModels(signal: AbortSignal): Promise<readonly ServedModel[] | null>;
  writer(signal: AbortSignal): Promise<FoundWriter>;
  opening(signal: AbortSignal): Promise<Opening>;
  /** What the model begins a turn with, greedily, without our opening tag where that can be had. */
  freshTurn(signal: AbortSignal): Promise<FreshTurn>;
  /** What it writes behind `COUNTED` at temperature 1 where that can be set, with candidates. */
  counted(signal: AbortSignal): Promise<ShortText>;
  /** Tokens with candidates: of `counted`, or of a probe where its stream has none. */
  glimpsed(signal: AbortSignal): Promise<ShortText>;
  /** The same as `counted`, without candidates where they are refused. */
  continued(signal: AbortSignal): Promise<ShortText>;
  /** The same at temperature 0.1, `null` where the temperature cannot be set. */
  countedCooler(signal: AbortSignal): Promise<ShortText | null>;
  /** How a longer text comes; `null` where none does. */
  arrived(signal: AbortSignal): Promise<ArrivedText | null>;
  /** What the last of these streams says about its way; `null` where none was opened. */
  path(): ReplyPath | null;
  /** How fast all of these came, at best: a first request is often slow. `null` where none did. */
  pace(): Pace | null;
}

/** With what is needed to ask for it once more. */
interface FreshTurn extends ShortText {
  readonly from: Opening;
  readonly maxTokens: number;
}

export interface ExaminedModel {
  readonly role: Role;
  readonly model: unknown;
  readonly continuation: Continuation;
  readonly thinking: ThinkingTags | false;
  readonly topLogprobs: number;
  readonly contextSize: number | undefined;
}

export function createExamination(of: ExaminedModel): Examination {
  const { role, model, continuation, thinking, topLogprobs, contextSize } = of;
  const own = bringsWriter(model) && (continuation === "auto" || continuation === "local");
  const watch = new ReplyWatch();
  const standIn = own ? null : examinedModel(model, role, { see: watch.see });
  const access = standIn === null ? null : openAIAccess(standIn, role);
  const servedModels = once(async (signal) =>
    access === null ? null : listServedModels(access, signal),
  );
  const writer = once((signal) => findWriter({ model, standIn, continuation, role }, signal));
  const opening = once(async (signal) => (await writer(signal)).writer.open(ask(thinking), signal));
  const texts: ShortText[] = [];
  let long: ArrivedText | null = null;
  const seen = async <Text extends ShortText>(text: Promise<Text>): Promise<Text> => {
    texts.push(await text);
    return text;
  };
  const counted = once(async (signal) => {
    const found = await writer(signal);
    const by = (await writerAt(1, { model, role, found })) ?? found.writer;
    return seen(count(by, await opening(signal), { candidates: topLogprobs }, signal));
  });
  return {
    role,
    modelName: nameOf(model, access),
    access,
    thinking,
    topLogprobs,
    givenContextSize: contextSize,
    promptRequest: () => promptRequest(access),
    servedModels,
    writer,
    opening,
    freshTurn: once(async (signal) =>
      seen(freshTurn(await writer(signal), await opening(signal), signal)),
    ),
    counted,
    glimpsed: once(async (signal) => {
      const streamed = await counted(signal).catch(() => null);
      if (streamed !== null && streamed.tokens.length > 0) return streamed;
      return probe((await writer(signal)).writer, await opening(signal), topLogprobs, signal);
    }),
    continued: once((signal) =>
      counted(signal).catch(async () =>
        seen(
          count((await writer(signal)).writer, await opening(signal), { candidates: 0 }, signal),
        ),
      ),
    ),
    countedCooler: once(async (signal) => {
      const by = await writerAt(0.1, { model, role, found: await writer(signal) });
      const how = { candidates: topLogprobs, tokens: 1 };
      return by === null ? null : seen(count(by, await opening(signal), how, signal));
    }),
    arrived: once(async (signal) => {
      const { writer: by } = await writer(signal);
      const from = await opening(signal);
      const how = { maxTokens: MANY_TOKENS, topLogprobs: 0 };
      const read = () => readArrival(by.write(from, "", how, signal));
      const seenLong = await whetherHeld(read, waitOf(texts));
      long = seenLong === null ? null : { ...seenLong, path: watch.last };
      return long;
    }),
    path: () => watch.last,
    pace: () => paceOf(texts, long),
  };
}

function count(
  by: StepWriter<ThoughtPrompt>,
  opening: Opening,
  how: { readonly candidates: number; readonly tokens?: number },
  signal: AbortSignal,
): Promise<ShortText> {
  const { candidates, tokens = FEW_TOKENS } = how;
  const options = { maxTokens: tokens, topLogprobs: candidates };
  return readText(by.write(opening, COUNTED, options, signal));
}

function probe(
  by: StepWriter<ThoughtPrompt>,
  opening: Opening,
  topLogprobs: number,
  signal: AbortSignal,
): Promise<ShortText> {
  const options = { maxTokens: 1, topLogprobs, temperature: 0 } as const;
  return readText(by.write(opening, COUNTED, options, signal));
}

function ask(thinking: ThinkingTags | false): ThoughtPrompt {
  return { messages: [new HumanMessage(QUESTION)], thinking };
}

function promptRequest(access: OpenAIAccess | null): PromptTextRequest {
  const { model, rendering } =
    access === null ? { model: null, rendering: {} } : modelParams(access);
  return { model, messages: [{ role: "user", content: QUESTION }], tools: null, rendering };
}

async function freshTurn(
  { writer }: FoundWriter,
  opening: Opening,
  signal: AbortSignal,
): Promise<FreshTurn> {
  const from =
    opening.opensThought || promptTextOf(opening) === null
      ? opening
      : await writer.open(ask(false), signal);
  const how = { maxTokens: FEW_TOKENS, topLogprobs: 0, temperature: 0 } as const;
  const text = await readText(writer.write(from, "", how, signal));
  return { ...text, from, maxTokens: FEW_TOKENS };
}

function nameOf(model: unknown, access: OpenAIAccess | null): string | null {
  const name =
    access === null ? (model as { model?: unknown } | null)?.model : modelParams(access).model;
  return typeof name === "string" ? name : null;
}

function once<Value>(
  look: (signal: AbortSignal) => Promise<Value>,
): (signal: AbortSignal) => Promise<Value> {
  let seen: Promise<Value> | null = null;
  return (signal) => {
    seen ??= look(signal);
    return seen;
  };
}
