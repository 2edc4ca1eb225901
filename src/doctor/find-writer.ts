import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { type Role, STEP_WRITER, type StepWriter } from "../router/step-writer.js";
import { isChatOllama } from "../writers/ollama/ollama-model.js";
import { type Continuation, isStepWriter, stepWriterFor } from "../writers/step-writer-for.js";
import { examinedModel } from "./examined-model.js";

export interface FoundWriter {
  readonly writer: StepWriter<ThoughtPrompt>;
  /** The continuation that gives this writer when it is named. */
  readonly continuation: Continuation;
}

/**
 * Finds the writer as the router does.
 *
 * @param from.standIn - see `examinedModel`
 * @throws GlimpRouterError where there is none
 */
export async function findWriter(
  from: {
    readonly model: unknown;
    readonly standIn: unknown;
    readonly continuation: Continuation;
    readonly role: Role;
  },
  signal: AbortSignal,
): Promise<FoundWriter> {
  const { model, standIn, role } = from;
  const continuation = await namedContinuation(from, signal);
  // A model that is asked is used as it is: by LangChain's own interface. With a template a `ChatOllama` is known by its shape.
  const isOwn = continuation === "ask" || (typeof continuation === "object" && isChatOllama(model));
  const subject = standIn === null || isOwn ? model : standIn;
  return { writer: await stepWriterFor(subject, continuation, role), continuation };
}

async function namedContinuation(
  from: {
    readonly model: unknown;
    readonly continuation: Continuation;
    readonly role: Role;
  },
  signal: AbortSignal,
): Promise<Continuation> {
  const { model, continuation, role } = from;
  if (continuation !== "auto") return continuation;
  if (bringsWriter(model)) return "local";
  return (await stepWriterFor(model, "auto", role, signal)).kind as Continuation;
}

/** Does the model go on with a thought by itself? */
export function bringsWriter(model: unknown): boolean {
  return isStepWriter((model as { readonly [STEP_WRITER]?: unknown } | null)?.[STEP_WRITER]);
}

/**
 * The same writer with another temperature, which the port cannot say: it is a field of the user's model.
 *
 * @returns `null` where the model has no such field
 */
export async function writerAt(
  temperature: number,
  from: { readonly model: unknown; readonly role: Role; readonly found: FoundWriter },
): Promise<StepWriter<ThoughtPrompt> | null> {
  const { model, role, found } = from;
  if (isStepWriter(found.continuation) || found.writer.kind === "ask") return null;
  const standIn = examinedModel(model, role, { fields: { temperature } });
  return standIn === null ? null : stepWriterFor(standIn, found.continuation, role);
}
