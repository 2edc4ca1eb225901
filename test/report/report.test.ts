import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { report } from "../../src/report/report.js";
import { writeReport } from "../../src/report/write-report.js";
import { pageOf } from "../page/page-of.js";
import { madeRun } from "./made-run.js";

let text: string;
let page: Document;
beforeAll(async () => {
  text = await report(await madeRun());
  page = pageOf(text);
});

const all = (selector: string) => Array.from(page.querySelectorAll(selector));
const wordsOf = (selector: string) => page.querySelector(selector)?.textContent ?? "";
const hashOf = (what: string) => `'sha256-${createHash("sha256").update(what).digest("base64")}'`;

describe("the file", () => {
  it("allows its one script and its one style by their hashes, and nothing else", () => {
    const policy = page.querySelector("meta[http-equiv]")?.getAttribute("content");
    const script = all("script").filter((each) => !each.hasAttribute("type"));
    expect(script.length).toBe(1);
    expect(all("style").length).toBe(1);
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashOf(wordsOf("style"))}; script-src ${hashOf(
        script[0]?.textContent ?? "",
      )}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
  });

  it("has no style attribute, no handler and no address", () => {
    expect(text).not.toMatch(/ style=| on[a-z]+=/);
    const addresses = [...text.matchAll(/https?:\/\/[^"'\s`)]+/g)].map(([address]) => address);
    expect(addresses.filter((each) => !each.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(all("a").map((link) => link.getAttribute("href")?.[0])).toEqual(Array(6).fill("#"));
  });

  it("has one first heading, the verdict, before any chart", () => {
    expect(all("h1").map((heading) => heading.textContent)).toEqual(["Undecided."]);
    expect(text.indexOf("<h1")).toBeLessThan(text.indexOf("<svg"));
    expect(wordsOf("#verdict .lead")).toMatch(
      /^\+3\.3 points .* about 1100 more problems would tell\.$/,
    );
    expect(wordsOf("#verdict")).toContain("large alone 91.7, small alone 40.0");
  });

  it("is the same again for the same run", async () => {
    expect(await report(await madeRun())).toBe(text);
  });
});

describe("charts", () => {
  it("each stands there for desks and for phones, with a name and its figures", () => {
    const figures = all("figure");
    expect(
      figures.map((each) => each.querySelector(".drawing")?.getAttribute("data-name")),
    ).toEqual(["quality-over-cost", "latency", "signal", "capture", "attained"]);
    for (const figure of figures) {
      const charts = Array.from(figure.querySelectorAll("svg"));
      expect(charts.map((chart) => chart.getAttribute("width"))).toEqual(["760", "350"]);
      expect(charts.every((chart) => (chart.getAttribute("aria-label") ?? "").length > 20)).toBe(
        true,
      );
      expect(figure.querySelectorAll("table tbody tr").length).toBeGreaterThan(2);
    }
  });

  it("quality over cost names every arm but chance's, and draws them all", () => {
    const chart = page.querySelector("[data-name=quality-over-cost] svg");
    const names = Array.from(chart?.querySelectorAll("text") ?? []).map((each) => each.textContent);
    for (const arm of ["large", "small", "small-thought", "routed", "routed-again", "cascade"]) {
      expect(names).toContain(arm);
    }
    expect(names.join()).not.toContain("random");
    // 12 of chance, 8 that are named, and the chord's height; the chord is a line, though it is an arm.
    expect(chart?.querySelectorAll("circle").length).toBe(21);
  });

  it("the gap that is closed, and pairs of arms, stand below", () => {
    expect(wordsOf("#quality")).toMatch(
      /Large alone is right 51\.7 points \[[\d.]+, [\d.]+\] more often than small alone; routed closes 35 % \[\d+, \d+\] of that/,
    );
    const pairs = page.querySelectorAll("#quality table")[2]?.textContent ?? "";
    expect(pairs).toMatch(/routedlarge−33\.3\[−[\d.]+, −[\d.]+\]/);
  });

  it("times are told of a run for latency, and of no other", async () => {
    const { run, ...made } = await madeRun(4);
    expect(wordsOf("#quality thead")).toContain("p95");
    const quality = await report({ ...made, run: { ...run, mode: "quality" } });
    expect(pageOf(quality).querySelector("#quality thead")?.textContent).not.toContain("p95");
    expect(quality).not.toMatch(/"ms":\d/);
    expect(text).toMatch(/"ms":\d/);
  });

  it("no arm lacks in the table, and the compared one is marked", () => {
    const rows = Array.from(
      page.querySelectorAll("#quality table")[0]?.querySelectorAll("tbody tr") ?? [],
    );
    expect(rows.length).toBe(21);
    expect(rows.filter((row) => row.classList.contains("primary")).length).toBe(1);
  });
});

describe("thoughts", () => {
  const dataOf = (html: string) =>
    JSON.parse(pageOf(html).querySelector("#reader-data")?.textContent ?? "");

  it("disagreements come first, and each arm's thought is there but chance's", () => {
    const { problems, primary } = dataOf(text);
    expect(primary).toBe("routed");
    expect(problems).toHaveLength(40);
    expect(problems[0].kinds).toContain("routed right, large wrong");
    expect(problems[1].kinds).toContain("routed wrong, large right");
    expect(problems[0].replies.map(({ arm }: { arm: string }) => arm)).toEqual([
      ...["routed", "large", "small", "small-thought", "routed-again", "first-steps:2", "once"],
    ]);
    expect(problems[0].prompt).toMatch(/^\w+ has \d+ crates/);
  });

  it("as many as are asked for; prompts only where they may be shown", async () => {
    const { html, problems } = await writeReport(await madeRun(), {
      thoughts: 3,
      redactPrompts: true,
    });
    expect(problems).toBe(3);
    const data = dataOf(html);
    expect(data.problems.map(({ prompt }: { prompt: string }) => prompt)).toEqual([
      null,
      null,
      null,
    ]);
    expect(data.problems[0].expected).toBeNull();
    expect(html).toContain("The other 57 problems of the run are not in this file.");
  });
});
