import type { BaseMessage } from "@langchain/core/messages";
import { sha256 } from "@langchain/core/utils/hash";
import { GlimpRouterError } from "../../errors.js";
import { textOfContent } from "../../prompt/text-of-content.js";
import type { Affinity } from "../../router/step-writer.js";

/** Keeps a conversation at one replica of each model, behind a balancer that routes by a header. */
export interface AffinityOption {
  /** Name of the header that the balancer looks at, such as `"x-session-id"`. */
  readonly header: string;
  /**
   * The conversation's id, of printable ASCII characters. Called once for each reply.
   * @defaultValue a hash of the messages up to the first that is not a system message: the same for every turn
   */
  readonly key?: (messages: readonly BaseMessage[]) => string;
}

/** Headers that HTTP, the client or the server's key need for themselves. */
const TAKEN: ReadonlySet<string> = new Set([
  "accept",
  "api-key",
  "authorization",
  "connection",
  "content-length",
  "content-type",
  "host",
  "transfer-encoding",
  "user-agent",
]);

/** A header's name, as HTTP has it, that is free to be used. */
export function isFreeHeader(name: unknown): name is string {
  return (
    typeof name === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !TAKEN.has(name.toLowerCase())
  );
}

/** What may be a header's value everywhere. */
export function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" && /^[!-~](?:[ -~]{0,510}[!-~])?$/.test(value);
}

/**
 * The affinity of one reply.
 *
 * @throws GlimpRouterError `invalid_option` where the user's `key` gives what cannot be a header's value
 */
export function affinityOf(
  { header, key = hashOfBeginning }: AffinityOption,
  messages: readonly BaseMessage[],
): Affinity {
  const id: unknown = key(messages);
  if (isHeaderValue(id)) return { header, id };
  const got = typeof id === "string" ? JSON.stringify(id.slice(0, 60)) : typeof id;
  throw new GlimpRouterError(
    `Option \`affinity.key\` of GlimpRouterChatModel returned ${got}. Return 1 to 512 printable ASCII characters without blanks at the ends, such as the id of a conversation.`,
    { reason: "invalid_option" },
  );
}

/** Later turns begin with the same messages; a system message alone is the same for many conversations. */
function hashOfBeginning(messages: readonly BaseMessage[]): string {
  const first = messages.findIndex((message) => message.getType() !== "system");
  const beginning = messages.slice(0, first + 1 || messages.length);
  const texts = beginning.map((message) => [message.getType(), textOfContent(message.content)]);
  return sha256(JSON.stringify(texts)).slice(0, 32);
}
