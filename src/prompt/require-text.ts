import { GlimpRouterError } from "../errors.js";
import type { Role } from "../router/step-writer.js";
import { whatItShows } from "./content-parts.js";
import type { OpenAIMessage } from "./to-openai-messages.js";

/**
 * Refuses what cannot be told in text, by its own name.
 *
 * @param reader.who - what reads text alone, as the beginning of a sentence
 * @param reader.seesIn - the continuation under which its server takes images, sounds and videos, where it has one
 * @throws GlimpRouterError `invalid_input`
 */
export function requireText(
  messages: readonly OpenAIMessage[],
  reader: { readonly who: string; readonly seesIn?: string; readonly role?: Role },
): void {
  for (const [index, { role, content }] of messages.entries()) {
    if (typeof content === "string") continue;
    const shown = content.map(whatItShows).find((what) => what !== null);
    if (shown === undefined) continue;
    throw new GlimpRouterError(
      `Message ${index + 1} of ${messages.length} (${role}) has ${shown} in it. ${reader.who}. ${remedy(shown, reader.seesIn)}`,
      { reason: "invalid_input", role: reader.role },
    );
  }
}

const SEEN: Readonly<Record<string, string>> = {
  "an image": "images",
  audio: "audio",
  "a video": "videos",
};

function remedy(shown: string, seesIn: string | undefined): string {
  const kind = SEEN[shown];
  if (kind !== undefined && seesIn !== undefined) {
    return `Use \`continuation: ${JSON.stringify(seesIn)}\` for ${kind}, on a vLLM server whose model takes them.`;
  }
  return shown === "a file" ? "Give the file's text instead." : "Leave it out, or say it in text.";
}
