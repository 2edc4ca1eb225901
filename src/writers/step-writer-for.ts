import { GlimpRouterError } from "../errors.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { type Role, STEP_WRITER, type StepWriter } from "../router/step-writer.js";
import { askWriter, canBePrompted } from "./ask/ask.js";
import { hasOpenAIClient, openAIAccess, sendsTextCompletions } from "./connection/openai-client.js";
import { printableURL } from "./connection/server-error.js";
import {
  answerInChat,
  type ContinuationKind,
  type ContinuationName,
  continuationList,
  continuations,
  type WriterOptions,
} from "./continuations.js";
import { detectServer, isHostedApi } from "./detect-server.js";
import { ollamaWriter } from "./ollama/ollama.js";
import { asOpenAIModel, isChatOllama, isCloudModel } from "./ollama/ollama-model.js";
import {
  isTemplateContinuation,
  type TemplateContinuation,
  templatePromptText,
  templateWriter,
} from "./template/template.js";

/**
 * How a model is made to go on with an unfinished thought: a name, the model's own chat template, or a
 * writer of the user's own.
 */
export type Continuation = ContinuationName | TemplateContinuation | StepWriter<ThoughtPrompt>;

/**
 * Finds the writer for a model.
 *
 * `"auto"`: the one that the model brings itself, else its server is asked what it is (once per process and
 * base URL). A large model that cannot be continued is asked for its steps.
 *
 * @throws GlimpRouterError `unknown_server` with the list of continuations where nobody can tell,
 * `invalid_option` where the model cannot be continued as told, `server` where its server cannot be asked
 */
export async function stepWriterFor(
  model: unknown,
  continuation: Continuation,
  role: Role,
  signal?: AbortSignal,
  options: WriterOptions = {},
): Promise<StepWriter<ThoughtPrompt>> {
  const writer = await foundWriter({ model, continuation, role, options }, signal);
  const { continuationPriority } = options;
  if (continuationPriority === undefined || kindNamed(writer.kind)?.takesPriority) return writer;
  throw new GlimpRouterError(
    `\`continuationPriority\` is for models on vLLM, and the ${role} model's continuation is ${JSON.stringify(writer.kind)}. Leave \`continuationPriority.${role}\` out.`,
    { reason: "invalid_option", role },
  );
}

/** A model, and how it is to be continued. */
interface ContinuedModel {
  readonly model: unknown;
  readonly continuation: Continuation;
  readonly role: Role;
  readonly options: WriterOptions;
}

function kindNamed(name: string): ContinuationKind | undefined {
  const kinds: Readonly<Record<string, ContinuationKind>> = continuations;
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

async function foundWriter(
  { model, continuation, role, options }: ContinuedModel,
  signal: AbortSignal | undefined,
): Promise<StepWriter<ThoughtPrompt>> {
  if (isStepWriter(continuation)) return continuation;
  if (continuation === "auto")
    return ownWriter(model) ?? detectedWriter(model, role, options, signal);
  if (continuation === "local") {
    const own = ownWriter(model);
    if (own !== null) return own;
    throw new GlimpRouterError(
      `\`continuation: "local"\` needs a model that brings its own writer, and the ${role} model brings none. Use a model of langchain-glimprouter/local, or one of: ${continuationList(role)}.`,
      { reason: "invalid_option", role },
    );
  }
  if (isTemplateContinuation(continuation)) return templatedWriter(model, role, continuation);
  const named = typeof continuation === "string" ? kindNamed(continuation) : undefined;
  if (named !== undefined) return named.create(model, role, options);
  throw new GlimpRouterError(
    `Expected \`continuation\` of the ${role} model to be known, got ${JSON.stringify(continuation)}. There are: "auto"; ${continuationList(role)}.`,
    { reason: "invalid_option", role },
  );
}

/** A `ChatOllama` goes on by Ollama's own API, whoever renders the prompt. */
function templatedWriter(
  model: unknown,
  role: Role,
  continuation: TemplateContinuation,
): StepWriter<ThoughtPrompt> {
  if (!isChatOllama(model)) return templateWriter(model, role, continuation);
  const template = templatePromptText(role, continuation);
  return ollamaWriter(model, role, { template, withTools: answerInChat(model, role) });
}

/** Does an object implement the port? */
export function isStepWriter(value: unknown): value is StepWriter<ThoughtPrompt> {
  if (typeof value !== "object" || value === null) return false;
  const { kind, open, write } = value as Partial<StepWriter>;
  return typeof kind === "string" && typeof open === "function" && typeof write === "function";
}

/** The writer that a model brings, `null` for none. */
export function ownWriter(model: unknown): StepWriter<ThoughtPrompt> | null {
  if (typeof model !== "object" || model === null) return null;
  const own = (model as { readonly [STEP_WRITER]?: unknown })[STEP_WRITER];
  return isStepWriter(own) ? own : null;
}

async function detectedWriter(
  model: unknown,
  role: Role,
  options: WriterOptions,
  signal?: AbortSignal,
): Promise<StepWriter<ThoughtPrompt>> {
  const reached = asOpenAIModel(model);
  if (!hasOpenAIClient(reached)) {
    return promptedWriter(
      model,
      role,
      `The ${role} model brings no writer of its own, and has no OpenAI client to ask with`,
    );
  }
  if (role === "large" && !sendsTextCompletions(reached)) return askWriter(model, role);
  const access = openAIAccess(reached, role);
  if (isHostedApi(access)) {
    const host = new URL(access.client.baseURL).hostname;
    return promptedWriter(
      model,
      role,
      `The ${role} model is served by ${host}, a hosted API that continues no unfinished thought`,
    );
  }
  const kind = isChatOllama(model) ? "ollama" : await detectServer(access, signal);
  if (kind === "ollama" && isCloudModel(access.invocationParams().model)) {
    const why = `The ${role} model runs in Ollama's cloud, which continues no unfinished thought`;
    return promptedWriter(model, role, why);
  }
  const found = kind === null ? undefined : kindNamed(kind);
  if (found !== undefined) return found.create(model, role, options);
  const server = `The ${role} model's server at ${printableURL(access)}`;
  throw kind === "litellm"
    ? behindLiteLLM(role, server)
    : unknownServer(role, `${server} is none of vLLM, SGLang, llama.cpp and Ollama`);
}

/** What cannot be continued can be asked: as large, where no log-probabilities are needed. */
function promptedWriter(model: unknown, role: Role, why: string): StepWriter<ThoughtPrompt> {
  if (role === "large" && canBePrompted(model)) return askWriter(model, role);
  throw unknownServer(role, why);
}

/** Its own routes render no prompt, and lose the log-probabilities of a streamed text. */
function behindLiteLLM(role: Role, server: string): GlimpRouterError {
  const other =
    role === "small"
      ? '`{ small: { template, serverAddsBos } }` with `glimpse: "probe"`'
      : '`{ large: { template, serverAddsBos } }`, or `{ large: "ask" }`';
  return new GlimpRouterError(
    `${server} is LiteLLM, whose own routes pass on neither a prompt's text nor streamed log-probabilities. Give it a pass-through endpoint for each model, and that one's address as \`configuration.baseURL\`: see docs/servers/gateways.md. Without one: ${other}.`,
    { reason: "unknown_server", role },
  );
}

/** Short: three ways out, and where the rest is told. */
function unknownServer(role: Role, why: string): GlimpRouterError {
  const other =
    role === "small"
      ? "another small model that gives log-probabilities, such as of langchain-glimprouter/local"
      : `\`{ large: "ask" }\` for any chat model`;
  return new GlimpRouterError(
    `${why}. Three ways out: \`continuation: { ${role}: "vllm" }\` (or "sglang", "llamacpp") if behind a gateway; \`{ ${role}: { template, serverAddsBos } }\` with the chat template, if it completes raw text; ${other}. See docs/servers.md.`,
    { reason: "unknown_server", role },
  );
}
