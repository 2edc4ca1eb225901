import type { OpenAIAccess } from "./openai-client.js";

/** The same way to the server, with more headers in each request; they win over the model's own. */
export function withHeaders(
  access: OpenAIAccess,
  headers: Readonly<Record<string, string>>,
): OpenAIAccess {
  const ours = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    ...access,
    requestOptions: (signal) => {
      const options = access.requestOptions(signal);
      const others = Object.entries(plainHeaders(options.headers)).filter(
        // Two spellings of one name would be sent as a list.
        ([name]) => !ours.has(name.toLowerCase()),
      );
      return { ...options, headers: { ...Object.fromEntries(others), ...headers } };
    },
  };
}

function plainHeaders(headers: unknown): Readonly<Record<string, unknown>> {
  if (!(headers instanceof Headers)) return { ...(headers as object | null | undefined) };
  const plain: Record<string, string> = {};
  headers.forEach((value, name) => {
    plain[name] = value;
  });
  return plain;
}
