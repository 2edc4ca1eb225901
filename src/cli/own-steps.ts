import { type OwnStepsReport, rejectedShare } from "../doctor/judge-own-steps.js";
import { tableOf } from "./table.js";
import { type Shown, show, shown, tint, write } from "./terminal.js";

/** Ratings, and nats a token. */
const RATINGS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const NATS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3];

/** How much of what large wrote itself a judge would reject, at the usual thresholds and at the one that was asked about. */
export function ownStepsTable(
  report: OwnStepsReport,
  threshold: number | undefined,
): readonly { readonly threshold: number; readonly rejected: number }[] {
  const usual = report.by === "likelihood" ? NATS : RATINGS;
  const all = threshold === undefined ? usual : [...usual, threshold];
  return [...new Set(all)]
    .sort((a, b) => a - b)
    .map((each) => ({ threshold: each, rejected: rejectedShare(report, each) }));
}

export function paintOwnSteps(report: OwnStepsReport, threshold: number | undefined): void {
  const { by, questions, values, failed } = report;
  const title = `verify by ${JSON.stringify(by)}: large's own steps`;
  write(
    show`\n${tint("bold", title)}, ${String(values.length)} of ${String(questions)} questions\n`,
  );
  if (values.length > 0) {
    const rows = ownStepsTable(report, threshold).map(({ threshold: each, rejected }): Shown[] => {
      const row = [String(each), `${(100 * rejected).toFixed(0)} %`];
      return row.map((cell) => (each === threshold ? tint("bold", cell) : shown(cell)));
    });
    write(show`${tableOf([[shown("threshold"), shown("rejected")], ...rows])}\n`);
    write(
      shown(
        "A threshold that rejects many of these measures taste, not mistakes (docs/verification.md).\n",
      ),
    );
  }
  if (failed.length > 0) {
    write(show`${String(failed.length)} steps were not judged; the first: ${failed[0] ?? ""}\n`);
  }
}
