import type { OpenAIAccess } from "../connection/openai-client.js";
import { withHeaders } from "../connection/with-headers.js";

/**
 * The same way to the server, one connection for each request. llama.cpp closes the connection behind every
 * stream, but says that it keeps it: among many requests at once, one and its retry can both meet a closing
 * one. Where a runtime forbids the header, it is left out, and the retry has to do.
 */
export function closeConnections(access: OpenAIAccess): OpenAIAccess {
  return withHeaders(access, { connection: "close" });
}
