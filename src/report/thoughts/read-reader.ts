import type { Summary } from "../../eval/summary/summary.js";
import type { ValueScale } from "../../page/shown-thought.js";
import { isChance } from "../chance.js";
import { counted } from "../figures.js";
import type { FirstReading } from "../first-reading.js";
import type { ReportedRun } from "../reported-run.js";
import { chooseProblems } from "./choose-problems.js";
import { readThoughts } from "./read-thoughts.js";
import type { ReaderData } from "./reader-data.js";

/** What the reader shows, and what a reader of the page must know of it. */
export interface ReadReader {
  readonly data: ReaderData;
  readonly notes: readonly string[];
  /** For want of room. */
  readonly leftOut: readonly string[];
}

export async function readReader(
  reported: ReportedRun,
  { outcomes, histogram }: FirstReading,
  { most, redactPrompts }: { readonly most: number; readonly redactPrompts: boolean },
): Promise<ReadReader> {
  const { run, summary } = reported;
  const chosen = chooseProblems(outcomes, most);
  const arms = readableArms(summary);
  const { problems, leftOut } = await readThoughts(reported, {
    chosen,
    outcomes,
    arms,
    redactPrompts,
  });
  const left =
    leftOut === 0
      ? []
      : [`${counted(leftOut, "thought")} for want of room: their outcomes are here`];
  const notes = [
    ...(chosen.length < outcomes.size
      ? [
          `The other ${counted(outcomes.size - chosen.length, "problem")} of the run are not in this file.`,
        ]
      : []),
    ...(run.repeats > 1
      ? [`Of ${run.repeats} replies of an arm to a problem the first is shown.`]
      : []),
    ...(redactPrompts ? ["Prompts and expected answers were left out on request."] : []),
    ...left.map((what) => `Left out: ${what}.`),
  ];
  return {
    data: { primary: summary.primary.arm, scale: scaleOf(histogram), problems },
    notes,
    leftOut: left,
  };
}

/** Those whose thoughts can be read, those first that are compared. Chance's thoughts show nothing that it did not draw. */
function readableArms({ arms, primary }: Summary): readonly string[] {
  const names = arms
    .filter(({ arm, replayed }) => !replayed && !isChance(arm))
    .map(({ arm }) => arm);
  return [...new Set([primary.arm, "large", "small", ...names])];
}

function scaleOf({ bins, tau, unit }: FirstReading["histogram"]): ValueScale | null {
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { tau, unit, lo: Math.min(0, first.from), hi: last.to };
}
