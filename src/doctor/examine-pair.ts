import type { Role } from "../router/step-writer.js";
import type { ExaminedReport } from "./examine-model.js";
import { ok, skipped, warning } from "./finding.js";
import type { Pace } from "./pace.js";
import type { Finding, PairCheckReport } from "./report.js";

/** What a thought is taken to be: tokens of a step, and the share of steps by large that the paper recommends. */
const STEP_TOKENS = 30;
const LARGE_SHARE = 0.25;

/** Below this share of large alone's time the pair saves some; what is left is the noise of a few tokens. */
const SAVES = 0.95;

type Examined = Readonly<Record<Role, ExaminedReport>>;

/** Can two models that route also help? Nothing is sent: what the checks of each have seen is compared. */
export function examinePair(
  models: Readonly<Record<Role, unknown>>,
  examined: Examined,
): readonly PairCheckReport[] {
  const areOne = isOneModel(models, examined);
  const { small, large } = examined;
  // One model has one pace: what was measured twice differs by noise only.
  const paceOfLarge = areOne && large.pace !== null ? small.pace : large.pace;
  return [
    { id: "two-models", title: "Two models", ...twoModels(areOne) },
    { id: "speed", title: "Speed", ...speed(small.pace, paceOfLarge) },
  ];
}

function isOneModel(models: Readonly<Record<Role, unknown>>, of: Examined): boolean {
  const [small, large] = [of.small.report, of.large.report];
  const named = small.name !== null && small.name === large.name;
  return models.small === models.large || (named && small.address === large.address);
}

function twoModels(areOne: boolean): Finding {
  if (!areOne) return ok("small and large are two");
  return warning(
    "one model is both small and large: it routes, and cannot help",
    "Name a second model: a hand-off to the same one costs a request and changes nothing.",
  );
}

function speed(small: Pace | null, large: Pace | null): Finding {
  if (small === null || large === null) {
    return skipped("not measured: a model that is prompted is not timed");
  }
  const share = shareOfTime(small, large);
  const rates = `small ${inWords(small)}, large ${inWords(large)}`;
  const most = breakEven(small, large);
  if (most === null) {
    return warning(
      `${rates}: large is not slower than small, so no share of steps saves time`,
      "Use a small model that is faster than the large one, or the large one alone. Routing may still save money.",
    );
  }
  const seen = `${rates}: with a quarter of the steps by large, a thought would take ${share.toFixed(2)} of the time of large alone, and as much as it with ${(100 * most).toFixed(0)} % of them`;
  if (share < SAVES) return ok(seen);
  return warning(
    `${seen}: it routes, and saves no time`,
    "Use a small model that writes at least twice as fast as the large one and answers a request at once (README: when not to use it). It may still save money.",
  );
}

/** Of a step on average: small writes most, large some, and a hand-off waits once for each of them. */
function shareOfTime(small: Pace, large: Pace): number {
  const alone = STEP_TOKENS * large.tokenMs;
  const bySmall = (1 - LARGE_SHARE) * STEP_TOKENS * small.tokenMs;
  const byLarge = LARGE_SHARE * alone;
  const handOffs = LARGE_SHARE * (small.firstMs + large.firstMs);
  return (bySmall + byLarge + handOffs) / Math.max(alone, Number.MIN_VALUE);
}

/** The share of steps by large at which a thought takes what it takes large alone; `null` where none is. */
function breakEven(small: Pace, large: Pace): number | null {
  const saved = STEP_TOKENS * (large.tokenMs - small.tokenMs);
  return saved > 0 ? saved / (saved + small.firstMs + large.firstMs) : null;
}

function inWords({ firstMs, tokenMs }: Pace): string {
  const rate = 1000 / Math.max(tokenMs, 0.01);
  return `${rate < 10 ? rate.toFixed(1) : rate.toFixed(0)} tokens a second (the first after ${firstMs.toFixed(0)} ms)`;
}
