import { CORE_FIELDS, type KnownFields, requireKnownFields } from "../../known-fields.js";
import { ROLES } from "../../router/step-writer.js";
import { isContinuationOfEach } from "../../writers/continuation-of-each.js";
import { isStepWriter } from "../../writers/step-writer-for.js";
import { TEMPLATE_FIELDS } from "../../writers/template/template.js";
import type { GlimpRouterOptions } from "./chat-model-options.js";
import { FIELDS_ELSEWHERE } from "./fields-elsewhere.js";
import { PRICE_FIELDS } from "./spending-options.js";
import { VERIFY_FIELDS } from "./verify-options.js";
import { WARM_FIELDS } from "./warm-options.js";

const OPTIONS: Readonly<Record<keyof GlimpRouterOptions, true>> = {
  small: true,
  large: true,
  threshold: true,
  verifyCalibration: true,
  policy: true,
  glimpseAt: true,
  maxHoldTokens: true,
  closeWhen: true,
  minThoughtTokens: true,
  verify: true,
  onVerifyFailure: true,
  onFailure: true,
  glimpse: true,
  continuation: true,
  delimiter: true,
  thinking: true,
  answerBy: true,
  topLogprobs: true,
  maxStepTokens: true,
  maxThoughtTokens: true,
  maxAnswerTokens: true,
  maxSteps: true,
  contextSize: true,
  affinity: true,
  continuationPriority: true,
  prices: true,
  maxTotalTokens: true,
  maxCost: true,
  firstTokenTimeoutMs: true,
  stallTimeoutMs: true,
  warm: true,
  deadlineMs: true,
  onDeadline: true,
};

/** Taken without effect: LangChain's own suite gives them to every chat model. */
const TOLERATED = ["name", "apiKey", "streaming"];

/** Whose options are looked at, and what it has beside the router's. */
export interface OptionsOwner {
  readonly owner: string;
  readonly alsoKnown: readonly string[];
}

/** The chat model, and what takes its fields: LangChain's own are its too. */
export function ownerLikeChatModel(owner: string): OptionsOwner {
  return { owner, alsoKnown: [...CORE_FIELDS, ...TOLERATED] };
}

/**
 * Refuses options that are misspelt, or belong elsewhere; inside of options that are objects, too.
 *
 * @throws GlimpRouterError `invalid_option` naming the nearest option, or where it belongs
 */
export function requireKnownOptions(
  given: Partial<GlimpRouterOptions>,
  { owner, alsoKnown }: OptionsOwner,
): void {
  requireKnownFields(given, {
    owner,
    known: [...Object.keys(OPTIONS), ...alsoKnown],
    elsewhere: FIELDS_ELSEWHERE,
  });
  const { thinking, contextSize, affinity, continuationPriority, continuation, verify } = given;
  const { prices, onFailure, warm } = given;
  const check = (within: string, value: unknown, known: KnownFields["known"]) => {
    if (typeof value === "object" && value !== null) {
      requireKnownFields(value, { owner, within, known });
    }
  };
  check("thinking", thinking, ["open", "close"]);
  check("contextSize", contextSize, ROLES);
  check("affinity", affinity, ["header", "key"]);
  check("continuationPriority", continuationPriority, ROLES);
  check("verify", verify, VERIFY_FIELDS);
  check("warm", warm, WARM_FIELDS);
  check("onFailure", onFailure, ROLES);
  check("prices", prices, ROLES);
  for (const role of ROLES) check(`prices.${role}`, prices?.[role], PRICE_FIELDS);
  if (isContinuationOfEach(continuation)) {
    check("continuation", continuation, ROLES);
    for (const role of ROLES) checkContinuation(`continuation.${role}`, continuation[role], check);
  } else {
    checkContinuation("continuation", continuation, check);
  }
}

function checkContinuation(
  within: string,
  given: unknown,
  check: (within: string, value: unknown, known: readonly string[]) => void,
): void {
  // A writer is an object of the user's own, with fields of its own.
  if (isStepWriter(given)) return;
  check(within, given, within.includes(".") ? TEMPLATE_FIELDS : [...TEMPLATE_FIELDS, ...ROLES]);
}
