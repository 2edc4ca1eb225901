import type { OpenAIAccess, OpenAIClient } from "./openai-client.js";
import { QUOTED_BYTES, readText } from "./read-body.js";

/** What the SDK's client can do beside what we use everywhere. */
interface ConfigurableClient extends OpenAIClient {
  readonly fetch?: typeof fetch;
  withOptions?(options: { readonly fetch: typeof fetch }): OpenAIClient;
}

/** Clients whose error bodies are bounded, by the user's own. */
const bounded = new WeakMap<OpenAIClient, OpenAIClient>();

/**
 * The same client, with error bodies that have an end, since the SDK reads them to it, and that say the same
 * through every version of the SDK. The user's own client stays as it is, and one in somebody's wrapper (tracing,
 * say) is used as it is: another would leave the wrapper.
 */
export function boundErrorBodies(client: OpenAIClient): OpenAIClient {
  if (isWrapped(client)) return client;
  const known = bounded.get(client);
  if (known !== undefined) return known;
  const made = changeErrorBodies(client, wrapError);
  bounded.set(client, made);
  bounded.set(made, made);
  return made;
}

/** The client that is used instead of a user's own, which alone knows a key that a function gave. */
export function usedInstead(client: object): Readonly<Record<string, unknown>> | undefined {
  return bounded.get(client as OpenAIClient) as Readonly<Record<string, unknown>> | undefined;
}

/** The same way to the server, with error bodies that are wrapped also where the client is in a wrapper. */
export function keepErrorBodies(access: OpenAIAccess): OpenAIAccess {
  return { ...access, client: changeErrorBodies(access.client, wrapError) };
}

const MOST_STATUS = 599;

function changeErrorBodies(given: OpenAIClient, change: (text: string) => string): OpenAIClient {
  const client = given as ConfigurableClient;
  const { fetch: send } = client;
  if (typeof client.withOptions !== "function" || typeof send !== "function") return client;
  const changed: typeof fetch = async (...request) => {
    const response = await send(...request);
    const { status, headers } = response;
    // No reply can be made with a status that HTTP does not know.
    if (response.ok || status > MOST_STATUS) return response;
    const text = change(await readError(response));
    // Some statuses have no body, not even an empty one.
    return new Response(text === "" ? null : text, { status, headers: new Headers(headers) });
  };
  return client.withOptions({ fetch: changed });
}

/** What broke off here is told by its status; the SDK does the same. */
async function readError(response: Response): Promise<string> {
  try {
    return (await readText(response, QUOTED_BYTES)).text;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isWrapped({ completions, chat }: OpenAIClient): boolean {
  return [completions, chat?.completions].some(
    (endpoint) => endpoint !== undefined && Object.hasOwn(endpoint, "create"),
  );
}

/**
 * SDK 6 reads `{ error: ... }` alone, and throws what other servers say away ("no body"): SGLang's
 * `{ object: "error", message }`, FastAPI's `{ detail }`. SDK 7 wraps them just so by itself.
 */
function wrapError(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const bare = typeof body === "object" && (body as { error?: unknown } | null)?.error == null;
    return bare && body !== null ? JSON.stringify({ error: body }) : text;
  } catch {
    return text;
  }
}
