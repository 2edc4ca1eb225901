import { shownSignal } from "../eval/calibrate/shown-signal.js";
import type { Calibration } from "../langchain/calibration/calibration.js";
import { tableOf } from "./table.js";
import { type Shown, show, shown, tint, write } from "./terminal.js";

type Signal = Calibration["signals"][number];

/** What a calibration found: the signals, the threshold, and the verdict in words. */
export function paintCalibration(calibration: Calibration, file: string): void {
  const { signals, verdict, firstLook, branches, replies } = calibration;
  if (firstLook !== null) write(show`${firstLookLine(firstLook)}\n\n`);
  write(show`${tint("bold", "Signals")}, on the problems on which one was chosen\n`);
  write(show`${tableOf(rowsOf(signals))}\n`);
  write(
    show`${tint("dim", "gain: what one hand-over where the signal is high adds to the share of right answers, over one anywhere. AUROC: how well it ranks bad steps; 0.5 is a coin. n: occasions. Dummies know the step's place alone.")}\n\n`,
  );
  if (branches !== null) write(show`${branchesLine(branches)}\n\n`);
  write(
    show`${tint("bold", "Verdict")} ${tint(verdict.says.startsWith("gains") ? "green" : "yellow", verdict.words)}\n`,
  );
  write(show`${routingOf(calibration)}\n`);
  const unusable = replies && unusableLine(replies);
  if (unusable) write(show`${tint("yellow", unusable)}\n`);
  write(
    show`Written to ${file}: GlimpRouterChatModel takes its content as \`threshold\`, ask and eval take --calibration ${file}.\n`,
  );
}

function firstLookLine({ thoughts, steps, above }: NonNullable<Calibration["firstLook"]>): string {
  const shares = above.map(({ share, value }) => `${100 * share} % above ${value.toPrecision(3)}`);
  return `A first look, along large's own thoughts (${thoughts}, with ${steps} steps): H_init of the steps lies ${shares.join(", ")} nats. Along thoughts that small writes it is another one: tau is fitted there.`;
}

function branchesLine({ n, better, worse }: NonNullable<Calibration["branches"]>): string {
  return `Branches: ${n} steps of small's own thoughts were answered both ways; handed over, ${better} came out better and ${worse} worse.`;
}

/** Replies without an answer say more about limits, prompt and checker than about routing. */
function unusableLine({
  n,
  truncated,
  unparsed,
  errors,
}: NonNullable<Calibration["replies"]>): string | null {
  const parts = [
    truncated > 0 && `${truncated} came to their limit of tokens (--max-answer-tokens)`,
    unparsed > 0 && `${unparsed} had no answer that the checker could read`,
    errors > 0 && `${errors} failed: the same command asks for them again`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? null : `Counted as wrong, of ${n} replies: ${parts.join("; ")}.`;
}

/** The best first; what nobody could tell last. */
function sorted(signals: readonly Signal[]): readonly Signal[] {
  const tells = ({ gain, within, auroc }: Signal) =>
    gain?.value ?? within?.value ?? auroc?.value ?? Number.NEGATIVE_INFINITY;
  return [...signals].sort((a, b) => tells(b) - tells(a));
}

/** A column of the table; one in which nothing is known is left out. */
interface Column {
  readonly head: string;
  cell(signal: Signal): string | null;
}

const COLUMNS: readonly Column[] = [
  {
    head: "gain, points",
    cell: ({ gain }) => gain && intervalOf(gain, (value) => (100 * value).toFixed(1)),
  },
  { head: "AUROC", cell: ({ auroc }) => auroc && intervalOf(auroc, (value) => value.toFixed(2)) },
  {
    head: "within problems",
    cell: ({ within }) => within && intervalOf(within, (value) => value.toFixed(2)),
  },
  { head: "p", cell: ({ p }) => p?.toFixed(3) ?? null },
  {
    head: "of it by branches",
    cell: ({ fromBranches }) => (fromBranches ? `${(100 * fromBranches).toFixed(0)} %` : null),
  },
  { head: "n", cell: ({ n }) => String(n) },
];

function rowsOf(signals: readonly Signal[]): readonly (readonly Shown[])[] {
  const columns = COLUMNS.filter(({ cell }) => signals.some((signal) => cell(signal) !== null));
  const rows = sorted(signals).map((signal) => {
    const { name, dummy } = signal;
    const named = dummy ? `${name} (dummy)` : shortened(name);
    const cells = [named, ...columns.map(({ cell }) => cell(signal) ?? "-")];
    return cells.map((cell) => (dummy ? tint("dim", cell) : shown(cell)));
  });
  return [["signal", ...columns.map(({ head }) => head)].map((cell) => shown(cell)), ...rows];
}

function intervalOf(
  { value, lo, hi }: { readonly value: number; readonly lo: number; readonly hi: number },
  told: (value: number) => string,
): string {
  return `${told(value)} [${told(lo)}, ${told(hi)}]`;
}

function shortened(name: string): string {
  const told = shownSignal(name);
  return told.length <= LONGEST ? told : `${told.slice(0, LONGEST - 3)}...`;
}

const LONGEST = 40;

function routingOf({ point, direction, threshold, verify, knifeEdge }: Calibration): string {
  const edge = `${(100 * knifeEdge).toFixed(1)} % of the values lie within 0.02 of it`;
  if (verify !== null) {
    return `It routes by verify: ${verify.by}, above ${verify.threshold.toPrecision(4)}; ${edge}.`;
  }
  return `It routes at ${shownSignal(point)}, ${direction} ${threshold.toPrecision(4)}; ${edge}.`;
}
