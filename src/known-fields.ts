import type { BaseChatModelParams } from "@langchain/core/language_models/chat_models";
import { nearestName } from "./core/nearest-name.js";
import { GlimpRouterError } from "./errors.js";
import type { Role } from "./router/step-writer.js";

/** That none is forgotten, the compiler sees to. */
const OF_CORE: Readonly<Record<keyof BaseChatModelParams, true>> = {
  verbose: true,
  callbacks: true,
  callbackManager: true,
  tags: true,
  metadata: true,
  cache: true,
  maxConcurrency: true,
  maxRetries: true,
  onFailedAttempt: true,
  disableStreaming: true,
  outputVersion: true,
};

/** What the constructor of every chat model of LangChain's takes. */
export const CORE_FIELDS: readonly string[] = Object.keys(OF_CORE);

/** Whose options they are, and what is known of them. */
export interface KnownFields {
  /** In an error's words: "GlimpRouterChatModel", "LocalChatModel.load". */
  readonly owner: string;
  /** The option that the fields are part of, such as "thinking". */
  readonly within?: string;
  readonly known: readonly string[];
  /** Whose fields they are, where it is one model's. */
  readonly role?: Role;
  /** Fields that belong elsewhere, and where. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/**
 * Refuses options that nobody knows: a misspelt one would silently leave its default. Fields that are
 * `undefined` are as good as absent.
 *
 * @throws GlimpRouterError `invalid_option` with the nearest name, or where the field belongs
 */
export function requireKnownFields(given: object, about: KnownFields): void {
  const { owner, within, known, elsewhere = {} } = about;
  const unknown = Object.entries(given).find(
    ([field, value]) => value !== undefined && !known.includes(field),
  );
  if (unknown === undefined) return;
  const [field] = unknown;
  const path = within === undefined ? field : `${within}.${field}`;
  const remedy = Object.hasOwn(elsewhere, field) ? elsewhere[field] : hint(field, known);
  throw new GlimpRouterError(`Option \`${path}\` of ${owner} is not known. ${remedy}`, {
    reason: "invalid_option",
    role: about.role,
  });
}

function hint(field: string, known: readonly string[]): string {
  const nearest = nearestName(field, known);
  return nearest === null ? `There are: ${known.join(", ")}.` : `Did you mean \`${nearest}\`?`;
}
