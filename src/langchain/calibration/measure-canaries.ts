import { HumanMessage } from "@langchain/core/messages";
import { sha256 } from "@langchain/core/utils/hash";
import { entropy } from "../../core/entropy.js";
import { linkSignals } from "../../core/linked-signals.js";
import type { ThinkingTags } from "../../core/thinking-tags.js";
import { tokenDistribution } from "../../core/token-distribution.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Opening, Role, StepWriter, WriteOptions } from "../../router/step-writer.js";
import { promptTextOf } from "../../writers/completion/prompt-text-of.js";
import type { Calibration } from "./calibration.js";

/** What is asked; any template renders it. */
const QUESTION = "How many minutes are there between 9:50 and 11:15?";

/**
 * Each goes on from the one before, so that a server reads the text once: a thought's beginning, a choice of words, a
 * step's beginning, a result, a doubt.
 */
export const CANARY_THOUGHTS: readonly string[] = [
  "",
  "Let me",
  "Let me think.\n\n",
  "Let me think.\n\nThat is 10 + 75 =",
  "Let me think.\n\nThat is 10 + 75 = 85.\n\nWait,",
];

/** How the router that asks reads its glimpses. */
export interface CanaryRequest {
  readonly thinking: ThinkingTags | false;
  readonly topLogprobs: number;
  readonly glimpse: "fused" | "probe";
  /** The thoughts behind which a model's doubt is measured. */
  readonly thoughts: readonly string[];
}

/** What is to be measured of each model for a calibration; `null` of one that told no candidates when it was made. */
export function canaryRequests(
  { thinking, k, canaries }: Calibration,
  glimpse: "fused" | "probe",
): Readonly<Record<Role, CanaryRequest | null>> {
  const thoughts = canaries.map(({ thought }) => thought);
  const request = { thinking, topLogprobs: k, glimpse, thoughts };
  const isLargeMeasured = canaries.some(({ large }) => large !== null);
  // Large is never probed: how small's glimpses are read is nothing to it.
  return { small: request, large: isLargeMeasured ? { ...request, glimpse: "fused" } : null };
}

/** What a model is, as far as it shows. */
export interface CanaryReading {
  /** In nats, one for each thought. */
  readonly entropies: readonly number[];
  /** Of the prompt as its template renders it; `null` where that is not seen. */
  readonly fingerprint: string | null;
}

/**
 * Measures a model's doubt at fixed places: one token each, all asked for at once.
 *
 * @throws Error where the server fails, or tells no candidates
 */
export async function measureCanaries(
  writer: StepWriter<ThoughtPrompt>,
  { thinking, topLogprobs, glimpse, thoughts }: CanaryRequest,
  signal?: AbortSignal,
): Promise<CanaryReading> {
  const messages = [new HumanMessage(QUESTION)];
  const opening = await writer.open({ messages, thinking }, signal);
  const how: WriteOptions = {
    maxTokens: 1,
    topLogprobs,
    // A fused stream has the model's own temperature: a server that tells log-probabilities behind it shows so.
    ...(glimpse === "probe" ? { temperature: 0 } : {}),
  };
  const entropies = await Promise.all(
    thoughts.map((thought) => entropyBehind(writer, opening, thought, how, signal)),
  );
  const text = promptTextOf(opening);
  return { entropies, fingerprint: text === null ? null : sha256(text).slice(0, 16) };
}

async function entropyBehind(
  writer: StepWriter<ThoughtPrompt>,
  opening: Opening,
  thought: string,
  how: WriteOptions,
  given: AbortSignal | undefined,
): Promise<number> {
  // All are asked at once, and each listens more than once: Node warns of a leak at the eleventh.
  const { signal, unlink } = linkSignals(given);
  let found: number | null = null;
  try {
    for await (const written of writer.write(opening, thought, how, signal)) {
      if (written.type === "end") break;
      const [first] = written.tokens;
      if (found === null && first !== undefined && first.top.length > 0) {
        found = entropy(tokenDistribution(first.top, how.topLogprobs));
      }
    }
  } finally {
    unlink();
  }
  if (found !== null) return found;
  throw new Error(`no candidates came with the token behind ${JSON.stringify(thought)}`);
}
