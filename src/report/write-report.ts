import type { RunFile } from "../eval/records/run-file.js";
import { html } from "../page/html.js";
import { amount } from "./figures.js";
import { readFirst } from "./first-reading.js";
import { assemblePage, MOST_BYTES } from "./page.js";
import { isTimed, type ReportedRun, type ReportOptions } from "./reported-run.js";
import { placesSection } from "./sections/places.js";
import { qualitySection } from "./sections/quality.js";
import { sectionOf } from "./sections/section.js";
import { setupSection } from "./sections/setup.js";
import { thoughtsSection } from "./sections/thoughts.js";
import { timeSection } from "./sections/time.js";
import { verdictSection } from "./sections/verdict.js";
import { signalOfRun } from "./signal-of-run.js";
import { readReader } from "./thoughts/read-reader.js";

export interface WrittenReport {
  /** One file: no part of it lies elsewhere, and it opens from a disk. */
  readonly html: string;
  /** Bytes of the file, as UTF-8. */
  readonly bytes: number;
  /** Problems whose thoughts can be read in it. */
  readonly problems: number;
  /** What it has no room for, in words; empty where all is in it. */
  readonly leftOut: readonly string[];
}

/** A run as one HTML page, with what was left out of it. */
export async function writeReport(
  reported: ReportedRun,
  { thoughts: most = 40, redactPrompts = false }: ReportOptions = {},
): Promise<WrittenReport> {
  const { run, summary } = reported;
  const signal = signalOfRun(run);
  const first = await readFirst(reported, signal);
  const reader = await readReader(reported, first, { most, redactPrompts });
  const sections = [
    qualitySection(summary, isTimed(run)),
    timeSection(summary),
    placesSection(signal, first),
    thoughtsSection(reader.data, reader.notes),
    setupSection(run),
  ];
  const page = await assemblePage({
    title: `${summary.primary.arm}, ${shortId(run)}`,
    models: html`<bdi>${run.models.small.name}</bdi> with <bdi>${run.models.large.name}</bdi>`,
    run: `run ${shortId(run)}, ${run.made.slice(0, 10)}`,
    links: [{ id: "verdict", title: "Verdict" }, ...sections],
    body: [verdictSection(summary), ...sections.map(sectionOf)],
  });
  const tooLarge = page.bytes > MOST_BYTES ? [`the file has ${amount(page.bytes)} bytes`] : [];
  return {
    ...page,
    problems: reader.data.problems.length,
    leftOut: [...reader.leftOut, ...tooLarge],
  };
}

/** An id that was drawn is told by its beginning; "How it was run" has all of it. */
function shortId({ id }: RunFile): string {
  return id.length > 20 ? id.slice(0, 8) : id;
}
