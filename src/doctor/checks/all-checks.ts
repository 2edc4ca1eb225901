import { abort } from "./abort.js";
import { arrival } from "./arrival.js";
import { candidates } from "./candidates.js";
import type { Check } from "./check.js";
import { closedThought } from "./closed-thought.js";
import { contextSize } from "./context-size.js";
import { continuation } from "./continuation.js";
import { continues } from "./continues.js";
import { equalTexts } from "./equal-texts.js";
import { logProbs } from "./log-probs.js";
import { modelName } from "./model-name.js";
import { prefixCache } from "./prefix-cache.js";
import { priority } from "./priority.js";
import { prompt } from "./prompt.js";
import { rawLogProbs } from "./raw-log-probs.js";
import { reachable } from "./reachable.js";
import { reasoningParser } from "./reasoning-parser.js";
import { speculation } from "./speculation.js";
import { stop } from "./stop.js";
import { thinkTag } from "./think-tag.js";
import { unfinishedThought } from "./unfinished-thought.js";
import { usage } from "./usage.js";
import { version } from "./version.js";

/** In the order of a report: what others need comes first. */
export const ALL_CHECKS: readonly Check[] = [
  reachable,
  continuation,
  version,
  modelName,
  prompt,
  unfinishedThought,
  closedThought,
  contextSize,
  thinkTag,
  reasoningParser,
  logProbs,
  candidates,
  speculation,
  rawLogProbs,
  equalTexts,
  continues,
  stop,
  arrival,
  abort,
  usage,
  priority,
  prefixCache,
];
