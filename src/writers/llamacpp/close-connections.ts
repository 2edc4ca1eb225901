import type { OpenAIAccess } from "../connection/openai-client.js";

/**
 * The same way to the server, one connection for each request. llama.cpp closes the connection behind every
 * stream, but says that it keeps it: among many requests at once, one and its retry can both meet a closing
 * one. Where a runtime forbids the header, it is left out, and the retry has to do.
 */
export function closeConnections(access: OpenAIAccess): OpenAIAccess {
  return {
    ...access,
    requestOptions: (signal) => {
      const options = access.requestOptions(signal);
      return { ...options, headers: { ...plainHeaders(options.headers), connection: "close" } };
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
