import { z } from "zod";
import type { WarmConfig } from "../../router/route-config.js";
import { ROLES } from "../../router/step-writer.js";
import { invalidOption } from "./invalid-option.js";
import type { SpendingOptions } from "./spending-options.js";

/** Whose server is kept up with the thought, and how. */
export interface WarmOption {
  /** `"large"`: while small writes. `"both"`: small's server, too, while large writes. */
  readonly models: "large" | "both";
  /**
   * Tokens of the thought that must be new to a server before it is sent them: a block of its prefix cache, or more. Blocks have 16
   * tokens on vLLM with a GPU, 528 and more for hybrid models; llama.cpp and SGLang keep each token.
   * @defaultValue 32
   */
  readonly minTokens?: number | undefined;
  /** You know that a hosted API bills prompt and thought once more for each request. @defaultValue false: it is refused there */
  readonly billed?: boolean | undefined;
}

export interface WarmOptions {
  /**
   * While one model writes, the other one's server is sent the thought, for one token that is thrown away: at a hand-off it has
   * read what it goes on from. No text and no route changes. It pays where reading is slow and the two models stand on machines of
   * their own (docs/speculation.md). For models on servers that continue text; refused for others, for hosted APIs, and with
   * `maxTotalTokens` or `maxCost`, which it would spend of.
   * @defaultValue "off"
   */
  readonly warm?: "off" | WarmOption["models"] | WarmOption | undefined;
}

/** Checked. */
export interface ResolvedWarm extends WarmConfig {
  /** As it was given, for an error's words. */
  readonly models: WarmOption["models"];
  readonly billed: boolean;
}

export const WARM_REMEDY =
  'Give "off", "large", "both", or { models: "large" | "both", minTokens, billed }: `minTokens` a whole number of tokens, 1 or more, `billed` true or false.';

/** In an error's words, where a field of it is misspelt. */
export const WARM_FIELDS = ["models", "minTokens", "billed"];

const models = z.enum(["large", "both"]);

export const warmSchema = z.union([
  z.literal("off"),
  models,
  z.object({
    models,
    minTokens: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    billed: z.boolean().optional(),
  }),
]);

/**
 * Half a step of a usual thought: what is read behind a hand-off is some 16 tokens on the average, and a server is asked
 * for one token where the other one writes 32.
 */
const MIN_TOKENS = 32;

/** @throws GlimpRouterError `invalid_option` where a limit would make what is read ahead cost the thought's end */
export function resolveWarm(
  given: z.infer<typeof warmSchema> = "off",
  { maxTotalTokens, maxCost }: SpendingOptions,
): { readonly warm?: ResolvedWarm } {
  if (given === "off") return {};
  if (maxTotalTokens !== undefined || maxCost !== undefined) {
    const limit = maxCost === undefined ? "maxTotalTokens" : "maxCost";
    throw invalidOption(
      "warm",
      typeof given === "string" ? given : given.models,
      `What is read ahead counts for \`${limit}\`, which would close thoughts sooner for it. Leave one of them out.`,
    );
  }
  const option: WarmOption = typeof given === "string" ? { models: given } : given;
  const { models, minTokens = MIN_TOKENS, billed = false } = option;
  const roles = ROLES.filter((role) => models === "both" || role === models);
  return { warm: { models, roles, minTokens, billed } };
}
