import { ALL_CHECKS } from "../doctor/checks/all-checks.js";
import type {
  CheckReport,
  CheckStatus,
  DoctorReport,
  ModelHead,
  PairCheckReport,
} from "../doctor/report.js";
import { type GrowingTable, growingTable } from "./table.js";
import { layOut, type Shown, show, shown, type Tint, tint, write } from "./terminal.js";

const TINTS: Readonly<Record<CheckStatus, Tint>> = {
  ok: "green",
  warning: "yellow",
  failed: "red",
  skipped: "dim",
};
const TITLE_WIDTH = Math.max(...ALL_CHECKS.map(({ title }) => title.length)) + 2;
const STATUS_WIDTH = "warning".length + 2;

/** Characters of a line below which a table leaves too little room for its words. */
const NARROW = 90;

/** Writes a report while it is made: a table for each model and one for the pair, or lists where lines are short. */
export class DoctorPainter {
  readonly #table: GrowingTable | null;
  /** Whose checks are being written; `undefined` before the first. */
  #model: ModelHead | null | undefined;
  #left = 0;

  /** @param columns - characters of a line */
  constructor(columns: number) {
    const borders = 4;
    this.#table =
      columns < NARROW
        ? null
        : growingTable([TITLE_WIDTH, STATUS_WIDTH, columns - TITLE_WIDTH - STATUS_WIDTH - borders]);
  }

  readonly check = (check: CheckReport | PairCheckReport, model: ModelHead | null): void => {
    if (model !== this.#model) this.#begin(model);
    if ("blockedBy" in check && check.blockedBy !== null) {
      this.#left++;
      return;
    }
    const { title, status, seen } = check;
    const tinted = tint(TINTS[status], status);
    const row = this.#table?.row([shown(title), tinted, shown(seen)]);
    write(show`${row ?? show`${tinted}  ${title}: ${seen}`}\n`);
  };

  /** What to do, failures first, and what to paste. */
  end(report: DoctorReport): void {
    this.#finish();
    const remedies = remediesOf(report);
    if (remedies.length > 0) {
      write(show`What to do\n${layOut(remedies, (lines) => lines.join("\n"))}\n\n`);
    }
    write(
      report.snippet === null
        ? show`${tint("red", "This pair cannot route yet.")}\n`
        : show`${tint("green", "This pair can route.")} Paste:\n\n${report.snippet}\n`,
    );
  }

  #begin(model: ModelHead | null): void {
    if (this.#model !== undefined) this.#finish();
    this.#model = model;
    write(show`${headOf(model)}\n`);
    if (this.#table !== null) write(show`${this.#table.top}\n`);
  }

  #finish(): void {
    if (this.#table !== null) write(show`${this.#table.bottom}\n`);
    const left = `${this.#left} more checks need one that failed.`;
    if (this.#left > 0) write(show`${tint("dim", left)}\n`);
    this.#left = 0;
    write(shown("\n"));
  }
}

function headOf(model: ModelHead | null): Shown {
  if (model === null) return show`${tint("bold", "pair")}: both together`;
  const { role, name, address } = model;
  const where = address === null ? "" : ` at ${address}`;
  return show`${tint("bold", role)}: ${name ?? "a model without a name"}${where}`;
}

function remediesOf({ small, large, pair }: DoctorReport): readonly Shown[] {
  const all = [
    ...[small, large].flatMap(({ role, checks }) => checks.map((check) => ({ of: role, check }))),
    ...pair.map((check) => ({ of: "pair", check })),
  ];
  return (["failed", "warning"] as const).flatMap((status) =>
    all.flatMap(({ of, check }) =>
      check.status !== status || check.remedy === null
        ? []
        : [show`- ${tint(TINTS[status], `${of}, ${check.title}`)}: ${check.remedy}`],
    ),
  );
}
