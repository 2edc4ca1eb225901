import { pointFromName } from "../../core/points/point-from-name.js";
import { stepStart } from "../../core/points/step-start.js";
import { calibrationSchema } from "../../langchain/calibration/calibration.js";
import type { Knob } from "../page/page-data.js";
import type { Served } from "../serve-options.js";

/** Candidates of a glimpse, where nobody has set them. */
const USUAL_K = 20;

/** The threshold that the model's name may set, and what it may be; `null` where a policy decides. */
export function knobOf({ fields, router }: Pick<Served, "fields" | "router">): Knob | null {
  const k = fields.topLogprobs ?? USUAL_K;
  const calibration = calibrationSchema.safeParse(fields.threshold).data;
  if (calibration !== undefined) {
    const { threshold, direction, point, quantiles } = calibration;
    const known = knownPoint(point);
    const seen = [Math.min(0, ...quantiles), Math.max(threshold, ...quantiles)] as const;
    const [lo, hi] = known?.range(k) ?? seen;
    return { tau: threshold, lo, hi, unit: known?.unit ?? "", direction };
  }
  const { threshold } = router.invocationParams();
  if (typeof threshold !== "number") return null;
  const { unit, range } = fields.glimpseAt ?? stepStart();
  const [lo, hi] = range(k);
  return { tau: threshold, lo, hi, unit, direction: "above" };
}

/** A verification has a name, too, and is none. */
function knownPoint(name: string): ReturnType<typeof pointFromName> | null {
  try {
    return pointFromName(name);
  } catch {
    return null;
  }
}
