import type { CalibrationPlan } from "../eval/calibrate/calibrate-options.js";
import type { RunEstimate } from "../eval/run/estimate-run.js";
import type { PlannedRun } from "../eval/run/plan-run.js";
import { askAside, type Shown, show, writeAside } from "./terminal.js";

/** What a run will cost, and what it can see: one line, before anything is run. */
export function estimateLine({ run, arms, problems }: PlannedRun, estimate: RunEstimate): Shown {
  const { replies, requests, tokens, money, minutes, detectable } = estimate;
  const size = `${problems.length} problems x ${arms.length} arms${run.repeats === 1 ? "" : ` x ${run.repeats} repeats`}`;
  if (replies === 0) return show`${size}: all replies are there.`;
  const cost = [
    `${counted(requests)} requests`,
    `${counted(tokens)} tokens`,
    ...(money === null ? [] : [`${money.toPrecision(2)} by your prices`]),
    duration(minutes),
  ];
  const points = (100 * detectable).toFixed(1);
  return show`${size}: ${counted(replies)} replies, about ${cost.join(", ")}. Smallest difference it can see: ${points} points.`;
}

/** The same of a calibration. */
export function calibrationLine(plan: CalibrationPlan): Shown {
  const { problems, clusters, fit, heldOut, replies, requests, tokens, minutes } = plan;
  const alike = clusters === problems ? "" : ` in ${clusters} clusters`;
  const size = `${problems} problems${alike}, ${fit} to choose on and ${heldOut} held out`;
  if (replies === 0) return show`${size}: all replies are there.`;
  const cost = [`${counted(requests)} requests`, `${counted(tokens)} tokens`, duration(minutes)];
  const points = (100 * plan.detectable).toFixed(1);
  const sees = plan.isChecked
    ? `Smallest difference it can see: ${points} points.`
    : "Nothing is checked: it tells a threshold, and no gain.";
  return show`${size}: up to ${counted(replies)} replies, about ${cost.join(", ")}. ${sees}`;
}

/** At a terminal somebody is asked; elsewhere nobody could answer. */
export async function isAgreed(): Promise<boolean> {
  const answer = await askAside(show`Go on? [Y/n] `);
  return answer === null || !answer.trim().toLowerCase().startsWith("n");
}

/**
 * How to go on with what was stopped.
 *
 * @param args - of the command line, the command first
 */
export function tellHowToResume(kept: number, folder: string, args: readonly string[]): void {
  const command = ["glimprouter", ...args.map(quoted)].join(" ");
  writeAside(
    show`\nStopped. ${String(kept)} replies are kept in ${folder}. To go on: ${command}\n`,
  );
}

/** As a shell takes it. */
function quoted(text: string): string {
  const isPlain = [...text].every((each) => PLAIN.includes(each));
  return isPlain && text !== "" ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@=+%";

function counted(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} million`;
  return Math.round(count).toLocaleString("en-US");
}

/** Of what is to come: a round figure. */
export function duration(minutes: number): string {
  if (minutes < 1.5) return minutes < 1 ? "less than a minute" : "a minute";
  return minutes < 120 ? `${Math.round(minutes)} minutes` : `${(minutes / 60).toFixed(1)} hours`;
}
