import type { ArmSummary } from "../eval/summary/summary.js";

/** The arms that hand over by chance, "random:RATE:SEED". */
export function isChance(arm: string): boolean {
  return arm.startsWith("random:");
}

export interface ChanceAtRate {
  readonly rate: string;
  readonly seeds: number;
  readonly accuracy: number;
  readonly cost: number | null;
}

/** Means over the seeds of each rate, from the cheapest up. */
export function chanceByRate(arms: readonly ArmSummary[]): readonly ChanceAtRate[] {
  const byRate = new Map<string, ArmSummary[]>();
  for (const each of arms.filter(({ arm }) => isChance(arm))) {
    const rate = each.arm.split(":")[1] ?? "";
    byRate.set(rate, [...(byRate.get(rate) ?? []), each]);
  }
  return [...byRate]
    .map(([rate, seeds]) => ({
      rate,
      seeds: seeds.length,
      accuracy: mean(seeds.map(({ accuracy }) => accuracy)),
      cost: seeds.some(({ cost }) => cost === null)
        ? null
        : mean(seeds.map((seed) => seed.cost ?? 0)),
    }))
    .sort((a, b) => (a.cost ?? 0) - (b.cost ?? 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
