import { GlimpRouterError } from "../errors.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { type Role, STEP_WRITER, type StepWriter } from "../router/step-writer.js";
import { type ContinuationName, continuationList, continuations } from "./continuations.js";
import { detectServer, isHostedApi } from "./detect-server.js";
import { hasOpenAIClient, type OpenAIAccess, openAIAccess } from "./openai-client.js";
import { printableURL } from "./server-error.js";

/** How a model is made to go on with an unfinished thought: a name, or a writer of the user's own. */
export type Continuation = ContinuationName | StepWriter<ThoughtPrompt>;

/**
 * Finds the writer for a model.
 *
 * `"auto"`: the one that the model brings itself, else its server is asked what it is (once per process and
 * base URL).
 *
 * @throws GlimpRouterError `unknown_server` with the list of continuations where nobody can tell,
 * `invalid_option` where the model cannot be continued as told, `server` where its server cannot be asked
 */
export async function stepWriterFor(
  model: unknown,
  continuation: Continuation,
  role: Role,
): Promise<StepWriter<ThoughtPrompt>> {
  if (isStepWriter(continuation)) return continuation;
  if (continuation === "auto") return ownWriter(model) ?? (await detectedWriter(model, role));
  if (continuation === "local") {
    const own = ownWriter(model);
    if (own !== null) return own;
    throw new GlimpRouterError(
      `\`continuation: "local"\` needs a model that brings its own writer, and the ${role} model brings none. Use a model of langchain-glimprouter/local, or one of: ${continuationList()}.`,
      { reason: "invalid_option", role },
    );
  }
  if (typeof continuation === "string" && Object.hasOwn(continuations, continuation)) {
    return continuations[continuation].create(model, role);
  }
  throw new GlimpRouterError(
    `Expected \`continuation\` of the ${role} model to be known, got ${JSON.stringify(continuation)}. There are: "auto"; ${continuationList()}.`,
    { reason: "invalid_option", role },
  );
}

/** Does an object implement the port? */
export function isStepWriter(value: unknown): value is StepWriter<ThoughtPrompt> {
  if (typeof value !== "object" || value === null) return false;
  const { kind, open, write } = value as Partial<StepWriter>;
  return typeof kind === "string" && typeof open === "function" && typeof write === "function";
}

function ownWriter(model: unknown): StepWriter<ThoughtPrompt> | null {
  if (typeof model !== "object" || model === null) return null;
  const own = (model as { readonly [STEP_WRITER]?: unknown })[STEP_WRITER];
  return isStepWriter(own) ? own : null;
}

async function detectedWriter(model: unknown, role: Role): Promise<StepWriter<ThoughtPrompt>> {
  if (!hasOpenAIClient(model)) {
    throw unknownServer(role, "brings no writer of its own, and has no OpenAI client to ask with");
  }
  const access = openAIAccess(model, role);
  if (isHostedApi(access)) {
    throw unknownServer(
      role,
      `is served by ${hostOf(access)}, a hosted API that continues no unfinished thought`,
    );
  }
  const kind = await detectServer(access);
  if (kind === null) {
    throw unknownServer(
      role,
      `has a server at ${printableURL(access)} that is none of those known here`,
    );
  }
  return continuations[kind].create(model, role);
}

function hostOf({ client }: OpenAIAccess): string {
  return new URL(client.baseURL).hostname;
}

function unknownServer(role: Role, why: string): GlimpRouterError {
  return new GlimpRouterError(
    `The ${role} model ${why}. Set \`continuation: { ${role}: ... }\` to one of: ${continuationList()}.`,
    { reason: "unknown_server", role },
  );
}
