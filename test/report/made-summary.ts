import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import type { RunFile } from "../../src/eval/records/run-file.js";
import type { ArmSummary, Summary } from "../../src/eval/summary/summary.js";

/** A summary by hand, with intervals of the plainest kind. */
export function madeSummary(run: RunFile, records: Iterable<EvalRecord>): Summary {
  const byArm = new Map<string, EvalRecord[]>(run.arms.map(({ arm }) => [arm, []]));
  for (const record of records) byArm.get(record.arm)?.push(record);
  const largeTokens = mean((byArm.get("large") ?? []).map(({ usage }) => usage.large.output));
  const arms = run.arms.map(({ arm, about }) =>
    armSummary(arm, about, byArm.get(arm) ?? [], largeTokens),
  );
  const accuracy = (name: string) => arms.find(({ arm }) => arm === name)?.accuracy ?? 0;
  const routed = arms.find(({ arm }) => arm === "routed") as ArmSummary;
  const chord = accuracy("small") + (routed.cost ?? 0) * (accuracy("large") - accuracy("small"));
  const difference = routed.accuracy - chord;
  return {
    v: 1,
    run: run.id,
    n: run.data.n,
    clusters: run.data.clusters,
    skipped: 0,
    arms: [
      ...arms,
      {
        ...routed,
        arm: "cascade",
        about: "small, unless it was unsure",
        replayed: true,
        accuracy: routed.accuracy - 0.04,
        lo: routed.lo - 0.04,
        hi: routed.hi - 0.04,
        cost: 0.41,
      },
    ],
    primary: run.primary,
    verdict: {
      says: "undecided",
      accuracy: routed.accuracy,
      difference,
      lo: difference - 0.093,
      hi: difference + 0.09,
      margin: run.primary.margin,
      null: "chord",
      chord: { value: chord, lo: chord - 0.07, hi: chord + 0.07 },
      random: null,
      more: 480,
      words:
        "Undecided: +3.3 points [-6.0, +12.3] against a coin per question between small alone and large alone at equal cost; about 480 more problems would tell.",
    },
    gap: null,
    comparisons: [
      {
        arm: "routed",
        against: "large",
        difference: around(routed.accuracy - accuracy("large"), 0.09),
        p: 0.58,
      },
      {
        arm: "routed",
        against: "routed-again",
        difference: around(0, 0.01),
        p: 1,
      },
    ],
    latency: [1, 8].flatMap((atOnce) =>
      [
        { arm: "routed", value: 0.74 },
        { arm: "small", value: 0.31 },
        { arm: "once", value: 0.92 },
      ].map(({ arm, value }) => ({
        arm,
        atOnce,
        ratio: around(value + (atOnce - 1) * 0.01, 0.06),
        toAnswer: around(value - 0.02, 0.06),
        throughput: 1 / value,
      })),
    ),
    notes: ["Two replies of routed were truncated: they count as wrong."],
  };
}

function armSummary(
  arm: string,
  about: string,
  records: readonly EvalRecord[],
  large: number,
): ArmSummary {
  const accuracy = mean(records.map(({ score }) => score));
  const by = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / records.length);
  const times = records.map(({ ms }) => ms).sort((a, b) => a - b);
  const counted = (status: EvalRecord["status"]) =>
    records.filter((record) => record.status === status).length;
  const meanOf = (value: (record: EvalRecord) => number | null) =>
    records.some((record) => value(record) === null)
      ? null
      : mean(records.map((record) => value(record) ?? 0));
  const largeTokens = mean(records.map(({ usage }) => usage.large.output));
  return {
    arm,
    about,
    replayed: false,
    n: records.length,
    replies: records.length,
    accuracy,
    lo: Math.max(0, accuracy - by),
    hi: Math.min(1, accuracy + by),
    cost: largeTokens / large,
    money: null,
    ms: mean(times),
    p50: times[Math.floor(times.length / 2)] ?? 0,
    p95: times[Math.floor(times.length * 0.95)] ?? 0,
    smallTokens: mean(records.map(({ usage }) => usage.small.output)),
    largeTokens,
    discardedTokens: mean(records.map(({ usage }) => usage.small.discarded)),
    requests: 2,
    interventionRate: meanOf((record) => record.interventionRate),
    largeShare: meanOf((record) => record.largeShare),
    truncated: counted("truncated"),
    unparsed: counted("unparsed"),
    errors: counted("error"),
  };
}

function around(value: number, by: number) {
  return { value, lo: value - by, hi: value + by };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
