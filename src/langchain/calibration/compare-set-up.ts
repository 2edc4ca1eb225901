import type { Role } from "../../router/step-writer.js";
import type { Calibration } from "./calibration.js";

/**
 * Nats. F16 weights differ by .005 between two ways of computing one text; a quantisation, a template, or log-probabilities
 * behind temperature by far more.
 */
const WARNS = 0.05;
const REFUSES = 0.2;

/** What a model of a running router is, as far as it was looked at. */
export interface SeenModel {
  readonly name: string | null;
  /** Kind of its continuation: `"vllm"`. */
  readonly server: string;
  readonly fingerprint: string | null;
  /** In nats, behind the calibration's canary texts; `null`: not measured. */
  readonly entropies: readonly number[] | null;
}

/** Something that is not as it was when the pair was calibrated. */
export interface SetUpDifference {
  readonly role: Role;
  readonly what: "name" | "server" | "template" | "canary";
  readonly calibrated: string;
  readonly now: string;
  /** Of a canary, in nats. */
  readonly by: number | null;
  /** The calibration does not hold for this pair. */
  readonly refuses: boolean;
}

/** @param by - what is believed: where canaries are measured, a name may be another for the same weights */
export function differencesOf(
  calibration: Calibration,
  seen: Readonly<Record<Role, SeenModel>>,
  by: "names" | "canaries",
): readonly SetUpDifference[] {
  return (["small", "large"] as const).flatMap((role) => [
    ...namesOf(role, calibration, seen[role], by === "names"),
    ...canariesOf(role, calibration, seen[role]),
  ]);
}

function namesOf(
  role: Role,
  calibration: Calibration,
  seen: SeenModel,
  refuses: boolean,
): readonly SetUpDifference[] {
  const was = calibration[role];
  const pairs = [
    ["name", was.name, seen.name],
    ["server", was.server, seen.server],
    ["template", was.fingerprint, seen.fingerprint],
  ] as const;
  return pairs.flatMap(([what, calibrated, now]) => {
    // What nobody told cannot differ.
    if (calibrated === null || now === null || calibrated === now) return [];
    return [{ role, what, calibrated, now, by: null, refuses }];
  });
}

function canariesOf(
  role: Role,
  { canaries }: Calibration,
  { entropies }: SeenModel,
): readonly SetUpDifference[] {
  if (entropies === null) return [];
  return canaries.flatMap((canary, index) => {
    const [was, now] = [canary[role], entropies[index]];
    if (was === null || now === undefined) return [];
    const by = Math.abs(now - was);
    if (by <= WARNS) return [];
    const [calibrated, told] = [was.toFixed(3), now.toFixed(3)];
    return [{ role, what: "canary" as const, calibrated, now: told, by, refuses: by > REFUSES }];
  });
}

/** What differs, in words; of a model's canaries the one that differs most. */
export function wordsOf(differences: readonly SetUpDifference[]): string {
  return differences
    .filter((each) => isLargest(each, differences))
    .map(wordOf)
    .join("; ");
}

function isLargest(each: SetUpDifference, all: readonly SetUpDifference[]): boolean {
  const alike = all.filter(({ role, what }) => role === each.role && what === each.what);
  return alike.every(({ by }) => (by ?? 0) <= (each.by ?? 0));
}

function wordOf({ role, what, calibrated, now, by }: SetUpDifference): string {
  if (what === "canary") {
    return `${role}'s entropy behind a fixed text is ${now} nats and was ${calibrated}, ${(by ?? 0).toFixed(3)} apart`;
  }
  const named = { name: "name", server: "kind of server", template: "rendered prompt" }[what];
  return `${role}'s ${named} is ${JSON.stringify(now)} and was ${JSON.stringify(calibrated)}`;
}
