import { beforeEach, describe, expect, it } from "vitest";
import { startReader } from "../../src/report/page/reader.js";
import { report } from "../../src/report/report.js";
import type { ReaderData } from "../../src/report/thoughts/reader-data.js";
import { pageOf } from "../page/page-of.js";
import { madeRun } from "./made-run.js";

const whole = madeRun().then((made) => report(made));
let page: Document;
let data: ReaderData;

beforeEach(async () => {
  page = pageOf(await whole);
  data = JSON.parse(page.querySelector("#reader-data")?.textContent ?? "");
  startReader(page, page.querySelector("#reader") as HTMLElement, data);
});

const all = (selector: string) => Array.from(page.querySelectorAll<HTMLElement>(selector));
const texts = (selector: string) => all(selector).map((each) => each.textContent ?? "");
const button = (words: string) =>
  all("#reader button").find((each) => each.textContent?.startsWith(words)) as HTMLElement;
const tell = (element: Element, type: string, fields: object = {}) =>
  element.dispatchEvent(
    Object.assign(
      new (page.defaultView as unknown as typeof globalThis).Event(type, { bubbles: true }),
      fields,
    ),
  );

describe("the list", () => {
  it("shows all problems, and the first of them", () => {
    expect(all(".problems button").length).toBe(40);
    expect(texts(".problem h3")).toEqual([data.problems[0]?.id]);
    expect(texts(".problems [aria-current] .id")).toEqual([data.problems[0]?.id]);
  });

  it("is filtered by what came out", () => {
    const kind = "routed right, large wrong";
    const ids = data.problems.filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1);
    expect(button(kind).textContent).toBe(`${kind} ${ids.length}`);
    tell(button(kind), "click");
    expect(texts(".problems .id")).toEqual(ids);
    expect(texts("#reader [role=status]")).toEqual([`${ids.length} of 40`]);
    expect(button(kind).getAttribute("aria-pressed")).toBe("true");
    expect(button("all").getAttribute("aria-pressed")).toBe("false");
  });

  it("is searched through ids, prompts, thoughts and answers, all words of the search", () => {
    const search = page.querySelector("#reader input") as HTMLInputElement;
    const wanted = data.problems[7] as ReaderData["problems"][number];
    search.value = `${wanted.id.toUpperCase()} given`;
    tell(search, "input");
    expect(texts(".problems .id")).toEqual([wanted.id]);
    search.value = "nowhere";
    tell(search, "input");
    expect(texts("#reader [role=status]")).toEqual(["0 of 40"]);
  });

  it("arrows go through it", () => {
    const first = all(".problems button")[0] as HTMLElement;
    tell(first, "keydown", { key: "ArrowDown" });
    expect(texts(".problem h3")).toEqual([data.problems[1]?.id]);
    expect(texts(".problems [aria-current] .id")).toEqual([data.problems[1]?.id]);
  });
});

describe("a thought", () => {
  it("each part is tinted by its writer, which stands in letters, too", () => {
    const [routed] = data.problems[0]?.replies ?? [];
    const routes = routed?.steps.map(({ route }) => route);
    expect(routes).toContain("large");
    expect(all(".step .text > .part").map((part) => part.className)).toEqual(
      routes?.map((route) => `part ${route}`),
    );
    expect(texts(".writers")).toEqual(routes?.map((route) => (route === "large" ? "L" : "S")));
  });

  it("values are bars, with the threshold on them", () => {
    const [routed] = data.problems[0]?.replies ?? [];
    const values = routed?.steps.map(({ decisions }) => decisions[0]?.value ?? 0) ?? [];
    expect(texts(".gutter .value")).toEqual(values.map((value) => value.toFixed(2)));
    const scale = data.scale as NonNullable<ReaderData["scale"]>;
    const width = ((100 * (values[2] ?? 0)) / scale.hi).toFixed(1);
    expect(all(".bar")[2]?.getAttribute("style")).toContain(`--value:${width}%`);
    expect(all(".bar")[2]?.getAttribute("style")).toContain(
      `--tau:${(100 / scale.hi).toFixed(1)}%`,
    );
  });

  it("candidates come by focus, and go by Escape", () => {
    const card = page.querySelector("#candidates") as HTMLElement;
    expect(card.hasAttribute("hidden")).toBe(true);
    const handed = all(".decision.handed")[0] as HTMLElement;
    handed.getBoundingClientRect = () => ({ left: 9, top: 9, bottom: 20 }) as DOMRect;
    tell(handed, "focus");
    expect(card.hasAttribute("hidden")).toBe(false);
    expect(card.textContent).toMatch(
      /^handed to large; "\w+" is droppedstepStart: \d\.\d\d \(τ 1\.00\)/,
    );
    expect(texts("#candidates code").slice(1)).toEqual(["·So", "⏎"]);
    tell(page.documentElement, "keydown", { key: "Escape" });
    expect(card.hasAttribute("hidden")).toBe(true);
  });

  it("another arm's is one click away, and stays chosen", () => {
    tell(button("large"), "click");
    expect(texts(".arm[aria-pressed=true] bdi")).toEqual(["large"]);
    expect(texts(".thought.part.large")[0]).toContain("crates hold");
    tell(all(".problems button")[3] as HTMLElement, "click");
    expect(texts(".arm[aria-pressed=true] bdi")).toEqual(["large"]);
  });

  it("says of each arm how it did", () => {
    const outcomes = data.problems[0]?.replies.map(({ score }) =>
      score === 1 ? "right" : "wrong",
    );
    expect(texts(".arm .outcome")).toEqual(outcomes);
  });
});
