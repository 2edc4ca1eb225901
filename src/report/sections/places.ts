import { type CapturePoint, captureAt } from "../../eval/statistics/capture-curve.js";
import type { Estimate } from "../../eval/summary/summary.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import { type Html, html } from "../../page/html.js";
import { type Attained, attainedRates } from "../charts/attained.js";
import { capture as captureChart } from "../charts/capture.js";
import { type SignalHistogram, signalHistogram } from "../charts/signal.js";
import { amount, bare, interval, percent, points, ratio } from "../figures.js";
import type { FirstReading } from "../first-reading.js";
import type { RunSignal } from "../signal-of-run.js";
import { figureOf, type Section } from "./section.js";
import { type Column, tableOf } from "./table.js";

/** Where small hands over, by which signal, and whether that came out as it was meant. */
export function placesSection(
  { calibration }: RunSignal,
  { histogram, capture, attained }: FirstReading,
): Section {
  return {
    id: "places",
    title: "Where it hands over",
    body: html`${histogramFigure(histogram)}
${capture.length === 0 ? null : captureFigure(capture)}
${calibration === null ? null : attainedFigure(calibration, attained)}
${calibration === null ? html`<p>This run had no calibration: what was asked for is not known.</p>` : signalsTable(calibration)}`,
  };
}

function histogramFigure(histogram: SignalHistogram): Html {
  const { bins, tau } = histogram;
  if (bins.length === 0) return html`<p>No values were recorded.</p>`;
  return figureOf({
    title: "The signal",
    says: html`The highest value of each step that small began${tau === null ? "" : `; beyond τ = ${tau.toFixed(2)} large took over`}.`,
    chart: signalHistogram(histogram),
    key: [
      ["box-small", "kept by small"],
      ["box-large", "handed to large"],
    ],
    table: tableOf(
      "The signal",
      [
        { head: "from", cell: (bin) => ratio(bin.from) },
        { head: "to", cell: (bin) => ratio(bin.to) },
        { head: "times", cell: (bin) => amount(bin.count) },
      ],
      bins,
    ),
  });
}

const TOPS = [0.1, 0.25, 0.5, 0.75] as const;

function captureFigure(curve: readonly CapturePoint[]): Html {
  return figureOf({
    title: "What the signal catches",
    says: "Of the problems that small alone gets wrong, how many lie among those with the highest value anywhere in the routed thought. The dashed line is chance. It tells which problems, not where in them.",
    chart: captureChart(curve),
    table: tableOf(
      "What the signal catches",
      [
        { head: "of all problems, %", cell: (top) => bare(top) },
        { head: "of small's wrong ones, %", cell: (top) => bare(captureAt(curve, top)) },
      ],
      TOPS,
    ),
  });
}

function aimOf({ target }: Calibration): { readonly what: string; readonly asked: number } {
  if ("steps" in target) return { what: "steps by large", asked: target.steps };
  if ("largeTokens" in target)
    return { what: "thought tokens by large", asked: target.largeTokens };
  return { what: "cost of large alone", asked: target.cost };
}

function attainedFigure(calibration: Calibration, here: Estimate | null): Html {
  const { what, asked } = aimOf(calibration);
  const { fit, heldOut } = calibration.attained;
  const attained: readonly Attained[] = [
    { where: "where it was fitted", value: fit, lo: fit, hi: fit },
    { where: "held-out runs", ...heldOut },
    ...(here === null ? [] : [{ where: "this run", ...here }]),
  ];
  return figureOf({
    title: "The attained rate",
    says: html`Asked for: ${what}, ${percent(asked, 0)}. ${percent(calibration.knifeEdge)} of the values lie within .02 of the threshold.`,
    chart: attainedRates(attained, asked, what),
    table: tableOf(
      "The attained rate",
      [
        { head: "where", cell: ({ where }) => where },
        { head: `${what}, %`, cell: ({ value }) => bare(value) },
        { head: "interval", cell: (each) => (each.lo === each.hi ? "–" : interval(each, bare)) },
      ],
      attained,
    ),
  });
}

type Signal = Calibration["signals"][number];

/** Those first that gain most. Columns that the label leaves empty are left out. */
function signalsTable({ signals, point }: Calibration): Html {
  const columns = SIGNALS.filter(
    ({ field }) => field === undefined || signals.some((each) => each[field] !== null),
  );
  const shown = [...signals].sort((a, b) => (b.gain?.value ?? -1) - (a.gain?.value ?? -1));
  return html`<h3>The signals that were tried</h3>
<p>Gain: what one hand-over above the threshold changes in right answers, less one anywhere. Dummies must be beaten.</p>
${tableOf("Signals", columns, shown, ({ name }) => (name === point ? "primary" : ""))}`;
}

const withInterval = (estimate: Signal["auroc"], figure: (value: number) => string) =>
  estimate === null ? "–" : `${figure(estimate.value)} ${interval(estimate, figure)}`;

const SIGNALS: readonly (Column<Signal> & { readonly field?: keyof Signal })[] = [
  {
    head: "signal",
    cell: ({ name, dummy }) => html`<bdi>${name}</bdi>${dummy ? html`<small>dummy</small>` : null}`,
  },
  { field: "gain", head: "gain, points", cell: ({ gain }) => withInterval(gain, points) },
  { field: "auroc", head: "AUROC", cell: ({ auroc }) => withInterval(auroc, ratio) },
  { field: "within", head: "within problems", cell: ({ within }) => withInterval(within, ratio) },
  { field: "p", head: "p, best of all", cell: ({ p }) => (p === null ? "–" : p.toFixed(3)) },
  {
    field: "capture25",
    head: "caught, %",
    about: "Share of the bad steps among the quarter with the highest values; chance catches 25",
    cell: ({ capture25 }) => (capture25 === null ? "–" : bare(capture25)),
  },
  { head: "n", cell: ({ n }) => amount(n) },
];
