import type { LatencyRatio, Summary } from "../../eval/summary/summary.js";
import { html } from "../../page/html.js";
import { latencyRatios } from "../charts/latency.js";
import { amount, interval, ratio } from "../figures.js";
import { figureOf, type Section } from "./section.js";
import { type Column, tableOf } from "./table.js";

export function timeSection({ latency, primary }: Summary): Section {
  const body =
    latency.length === 0
      ? html`<p>Times are not compared here: replies of this run ran beside each other. <code>glimprouter eval --latency</code> measures them one by one, arms in turn.</p>`
      : figureOf({
          title: "Time over large's in one call",
          says: "Geometric means over problems. Left of the dashed line is faster than large alone.",
          chart: latencyRatios(latency, primary.arm),
          table: tableOf("Times over large's", COLUMNS, latency),
        });
  return { id: "time", title: "Time", body };
}

const COLUMNS: readonly Column<LatencyRatio>[] = [
  { head: "arm", cell: ({ arm }) => html`<bdi>${arm}</bdi>` },
  { head: "at once", about: "Replies at a time", cell: ({ atOnce }) => amount(atOnce) },
  { head: "whole reply", cell: (each) => ratio(each.ratio.value) },
  { head: "interval", cell: (each) => interval(each.ratio, ratio) },
  { head: "to the answer", cell: ({ toAnswer }) => ratio(toAnswer?.value ?? null) },
  {
    head: "interval",
    cell: ({ toAnswer }) => (toAnswer === null ? "–" : interval(toAnswer, ratio)),
  },
  {
    head: "throughput",
    about: "Tokens a second over large's",
    cell: ({ throughput }) => ratio(throughput),
  },
];
