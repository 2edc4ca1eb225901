import type { OpenAIAccess, OpenAIClient } from "./openai-client.js";

/** What the SDK's client can do beside what we use everywhere. */
interface ConfigurableClient extends OpenAIClient {
  readonly fetch?: typeof fetch;
  withOptions?(options: { readonly fetch: typeof fetch }): OpenAIClient;
}

/**
 * The same way to the server, with error bodies that the SDK understands. It reads `{ error: ... }` alone,
 * and throws what other servers say away: SGLang's `{ object: "error", message }`, FastAPI's `{ detail }`.
 * The user's own client stays as it is.
 */
export function keepErrorBodies(access: OpenAIAccess): OpenAIAccess {
  const client = access.client as ConfigurableClient;
  const { fetch: send } = client;
  if (typeof client.withOptions !== "function" || typeof send !== "function") return access;
  const wrapped: typeof fetch = async (...request) => withErrorField(await send(...request));
  return { ...access, client: client.withOptions({ fetch: wrapped }) };
}

async function withErrorField(response: Response): Promise<Response> {
  const contentType = response.headers.get("content-type") ?? "";
  if (response.ok || !contentType.includes("json")) return response;
  const text = await response.text();
  const { status, headers } = response;
  return new Response(wrapError(text), { status, headers: new Headers(headers) });
}

/** Only what says something in words: a bare "Not Found" is a wrong path, and stays one. */
function wrapError(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const { message } = (body ?? {}) as { message?: unknown };
    const bare = typeof message === "string" && !Object.hasOwn(body as object, "error");
    return bare ? JSON.stringify({ error: body }) : text;
  } catch {
    return text;
  }
}
