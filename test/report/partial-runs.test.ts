import { expect, it } from "vitest";
import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import { summarise } from "../../src/eval/summary/summarise.js";
import { report } from "../../src/report/report.js";
import { pageOf } from "../page/page-of.js";
import { madeRun } from "./made-run.js";

/** A run of which only these arms were answered, on the first problems. */
async function reportOf(arms: readonly string[], count = 8): Promise<Document> {
  const { run, ...made } = await madeRun(count);
  const kept = [...(made.records() as Iterable<EvalRecord>)].filter(({ arm }) =>
    arms.includes(arm),
  );
  const summary = await summarise(kept, run, { draws: 100 });
  return pageOf(await report({ ...made, run, summary, records: () => kept }));
}

const wordsOf = (page: Document, selector: string) =>
  page.querySelector(selector)?.textContent ?? "";

it("a run without a record has a page that says so", async () => {
  const page = await reportOf([]);
  expect(wordsOf(page, "h1")).toBe("No verdict.");
  expect(wordsOf(page, ".lead")).toContain("lacks large and small and routed");
  expect(wordsOf(page, "#places")).toContain("No values were recorded.");
  expect(wordsOf(page, "#thoughts")).toContain("No thought is in this file.");
});

it("one arm alone: what there is, is shown, and what is missing is named", async () => {
  const routed = await reportOf(["routed"]);
  expect(wordsOf(routed, ".lead")).toContain("this run lacks large and small.");
  expect(wordsOf(routed, "#quality")).toContain("without the arm large there is no chart");
  expect(wordsOf(routed, ".glance")).toMatch(/Cost–of the tokens of large alone/);
  expect(routed.querySelectorAll("[data-name=signal] svg").length).toBe(2);
  const large = await reportOf(["large"]);
  expect(large.querySelectorAll("[data-name=quality-over-cost] circle").length).toBe(2);
  expect(wordsOf(large, ".lead")).toContain("this run lacks small and routed.");
});

it("one problem: no number that is none", async () => {
  const page = await reportOf(["large", "small", "routed"], 1);
  expect(page.toString()).toContain("<svg");
  expect(page.toString()).not.toMatch(/NaN|Infinity|undefined/);
});
