import type { Role } from "../router/step-writer.js";
import {
  hasOpenAIClient,
  type OpenAIAccess,
  openAIAccess,
} from "../writers/connection/openai-client.js";
import { asOpenAIModel } from "../writers/ollama/ollama-model.js";

/**
 * The user's model as the checks use it: the same client, key, and fields, but nothing is tried again. What
 * is wrong with a server shall show, and soon.
 *
 * @param how.fields - fields of its requests that are to differ, such as the temperature
 * @param how.see - is told what every attempt at a request gave
 * @returns a stand-in for a `ChatOpenAI` that the writers take, `null` for models whose server cannot be
 * asked to continue a text
 */
export function examinedModel(
  model: unknown,
  role: Role,
  how: {
    readonly fields?: Readonly<Record<string, unknown>>;
    readonly see?: (attempt: unknown) => void;
  } = {},
): unknown {
  const reached = asOpenAIModel(model);
  if (!hasOpenAIClient(reached)) return null;
  const access = usableAccess(reached, role);
  if (access === null) return null;
  const { fields = {}, see = () => undefined } = how;
  return {
    client: access.client,
    caller: {
      maxRetries: 0,
      callWithOptions: async (_options: unknown, send: () => Promise<unknown>) => {
        const attempt = await send();
        see(attempt);
        return attempt;
      },
    },
    _getClientOptions: ({ signal }: { signal?: AbortSignal } = {}) => access.requestOptions(signal),
    invocationParams: () => ({ ...access.invocationParams(), ...fields }),
  };
}

/** What makes a client unusable is told by the writer that needs it. */
function usableAccess(model: unknown, role: Role): OpenAIAccess | null {
  try {
    return openAIAccess(model, role);
  } catch {
    return null;
  }
}
