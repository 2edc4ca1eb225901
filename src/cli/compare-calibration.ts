import type { Calibration } from "../langchain/calibration/calibration.js";
import { differencesOf, type SetUpDifference } from "../langchain/calibration/compare-set-up.js";
import { canaryRequests } from "../langchain/calibration/measure-canaries.js";
import { RoutedModels } from "../langchain/reply/routed-models.js";
import { ROLES, type Role } from "../router/step-writer.js";
import type { Pair } from "./load-pair.js";
import type { readContinuation } from "./read-options.js";
import { tableOf } from "./table.js";
import { show, shown, tint, write } from "./terminal.js";

/** One fixed text behind which one model's entropy was measured again, in nats. */
interface CanaryRow {
  readonly role: Role;
  readonly thought: string;
  readonly calibrated: number;
  readonly now: number;
}

interface Comparison {
  readonly id: string;
  /** The router would take it. */
  readonly holds: boolean;
  readonly canaries: readonly CanaryRow[];
  readonly differences: readonly SetUpDifference[];
  /** Why canaries could not be measured; `null`: they were. */
  readonly failed: string | null;
}

/** Are two models those of a calibration? Their canaries are measured again. */
export async function compareCalibration(
  calibration: Calibration,
  { small, large }: Pair,
  continuation: ReturnType<typeof readContinuation>,
): Promise<Comparison> {
  const models = new RoutedModels(
    { small, large },
    {
      continuation: continuation ?? { small: "auto", large: "auto" },
      contextSize: {},
      answerBy: "large",
      affinity: null,
      continuationPriority: {},
    },
  );
  const { seen, failed } = await models.seen(canaryRequests(calibration, "fused"));
  const differences = differencesOf(calibration, seen, "canaries");
  const canaries = ROLES.flatMap((role) =>
    calibration.canaries.flatMap(({ thought, [role]: calibrated }, index) => {
      const now = seen[role].entropies?.[index];
      return calibrated === null || now === undefined ? [] : [{ role, thought, calibrated, now }];
    }),
  );
  const holds = differences.every(({ refuses }) => !refuses) && failed === null;
  return { id: calibration.id, holds, canaries, differences, failed };
}

export function paintComparison({ id, canaries, differences, failed }: Comparison): void {
  write(show`\n${tint("bold", `calibration ${id}`)}: entropies behind fixed texts, in nats\n`);
  const head = ["model", "behind", "calibrated", "now", "apart"].map((cell) => shown(cell));
  const rows = canaries.map(({ role, thought, calibrated, now }) => {
    const apart = Math.abs(now - calibrated);
    const cells = [role, JSON.stringify(thought.slice(-20)), calibrated.toFixed(3), now.toFixed(3)];
    const isFar = differences.some((each) => each.role === role && each.by === apart);
    return [
      ...cells.map((cell) => shown(cell)),
      isFar ? tint("red", apart.toFixed(3)) : shown(apart.toFixed(3)),
    ];
  });
  write(show`${tableOf([head, ...rows])}\n`);
  for (const { role, what, calibrated, now, by } of differences) {
    if (by === null) write(show`${role}'s ${what} is ${now} and was ${calibrated}\n`);
  }
  write(show`${verdictOf(differences, failed)}\n`);
}

function verdictOf(differences: readonly SetUpDifference[], failed: string | null): string {
  if (failed !== null) return `Not measured: ${failed}`;
  if (differences.length === 0) return "These are the models that were calibrated.";
  return differences.some(({ refuses }) => refuses)
    ? "These are not the models that were calibrated: a router refuses the calibration. Calibrate anew."
    : "The set-up is not quite the calibrated one: a router warns. Calibrate anew to be sure.";
}
