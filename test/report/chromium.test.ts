import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { report } from "../../src/report/report.js";
import { lowContrasts } from "../page/low-contrasts.js";
import { Chromium, chromiumPath } from "../page/start-chromium.js";
import { HOSTILE, hostileRun } from "./hostile-run.js";
import { madeRun } from "./made-run.js";

const path = chromiumPath();
let chromium: Chromium;
let folder: string;

async function open(html: string): Promise<void> {
  const file = join(folder, "report.html");
  await writeFile(file, html);
  await chromium.open(file);
}

const count = (selector: string) =>
  chromium.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
const textsOf = (selector: string) =>
  chromium.evaluate<string[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.textContent)`,
  );

describe.skipIf(path === null)("in a real Chromium (apt-get install chromium)", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "glimprouter-report-"));
    chromium = await Chromium.start(path ?? "");
  });
  afterAll(async () => {
    await chromium.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("obeys its policy, and asks nobody for anything", async () => {
    await open(await report(await madeRun()));
    expect(chromium.complaints()).toEqual([]);
    expect(await count("#reader.started .problems button")).toBe(40);
  });

  it("its policy is in force: a script and a style that are not its own are refused", async () => {
    await chromium.evaluate(`(() => {
      const script = document.createElement("script");
      script.textContent = "window.hacked = 1";
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(script, style);
      document.body.setAttribute("style", "display: none");
    })()`);
    expect(await chromium.evaluate("window.hacked ?? null")).toBeNull();
    expect(await chromium.evaluate("getComputedStyle(document.body).display")).toBe("block");
    expect(chromium.complaints().join("\n")).toMatch(/Content Security Policy/);
  });

  it("hostile texts stay texts, wherever they stand", async () => {
    await open(await report(await hostileRun()));
    for (const buttons of ["#reader .pill", "#reader .problems button", ".filters .pill"]) {
      await chromium.evaluate(
        `for (const each of [...document.querySelectorAll("${buttons}")].reverse()) each.click();`,
      );
    }
    for (const mark of ["focus", "pointerenter"]) {
      await chromium.evaluate(
        `for (const each of document.querySelectorAll(".decision")) each.dispatchEvent(new Event("${mark}"));`,
      );
    }
    expect(await chromium.evaluate("window.hacked ?? null")).toBeNull();
    expect(chromium.complaints()).toEqual([]);
    expect([await count("script"), await count("style"), await count("img, iframe, b, u")]).toEqual(
      [2, 1, 0],
    );
    const ids = await textsOf(".problems .id");
    expect(ids).toContain("__proto__");
    expect(ids).toContain("constructor");
    expect(await textsOf(".arm bdi")).toContain("__proto__");
    const said = (await textsOf(".answer .text"))[0];
    expect(said).toContain(HOSTILE.slice(0, 120));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    const shown = await chromium.evaluate<string>("document.body.innerText");
    expect(shown).not.toMatch(obeyed);
    expect(shown).toContain("\\u202egnp.exe");
  });

  it("nothing is wider than a phone but what scrolls by itself, in light and in dark", async () => {
    for (const html of [await report(await madeRun()), await report(await hostileRun())]) {
      await open(html);
      for (const scheme of ["light", "dark"]) {
        await chromium.setView(360, scheme);
        const page = "document.documentElement";
        expect(await chromium.evaluate(`${page}.scrollWidth - ${page}.clientWidth`)).toBe(0);
      }
    }
  });

  it("on a phone a problem that is chosen comes into view", async () => {
    await open(await report(await madeRun(10)));
    await chromium.setView(360, "light");
    await chromium.evaluate(`document.querySelector(".problems").scrollIntoView()`);
    const top = `document.querySelector(".problem").getBoundingClientRect().top`;
    await chromium.evaluate(`document.querySelectorAll(".problems button")[1].focus()`);
    await chromium.evaluate(`scrollBy(0, -500)`);
    expect(await chromium.evaluate(top)).toBeGreaterThan(700);
    await chromium.evaluate(`document.querySelectorAll(".problems button")[1].click()`);
    expect(Math.abs(await chromium.evaluate<number>(top))).toBeLessThan(40);
  });

  it("text has a contrast of 4.5 or more, in light and in dark", async () => {
    await open(await report(await madeRun()));
    for (const scheme of ["light", "dark"]) {
      await chromium.setView(1280, scheme);
      expect(await chromium.evaluate(lowContrasts())).toEqual([]);
    }
  });

  it("the verdict is on the first screen, before any chart", async () => {
    await chromium.setView(1280, "light");
    const bottom = `document.querySelector("#verdict .glance").getBoundingClientRect().bottom`;
    expect(await chromium.evaluate(bottom)).toBeLessThan(800);
    const top = `document.querySelector(".chart").getBoundingClientRect().top`;
    expect(await chromium.evaluate(top)).toBeGreaterThan(700);
  });

  it("a chart is saved as SVG and as PNG, in the colours of the page", async () => {
    await chromium.ask("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
    const buttons = `[...document.querySelectorAll("figure .saves button")].slice(0, 2)`;
    await chromium.evaluate(`for (const each of ${buttons}) each.click();`);
    const svg = await untilThere(join(folder, "quality-over-cost.svg"));
    expect(svg.toString()).toMatch(/^<svg .*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg.toString()).toContain("#4b3fae");
    expect(svg.toString()).not.toContain("var(");
    const png = await untilThere(join(folder, "quality-over-cost.png"));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1520, 840]);
    expect(chromium.complaints()).toEqual([]);
  });

  it("all of it but the reader is there without script", async () => {
    await chromium.ask("Emulation.setScriptExecutionDisabled", { value: true });
    await open(await report(await madeRun()));
    const shown = await chromium.ask("Runtime.evaluate", {
      expression: "document.body.innerText",
      returnByValue: true,
    });
    await chromium.ask("Emulation.setScriptExecutionDisabled", { value: false });
    const text = (shown.result as { value: string }).value;
    expect(text).toContain("Undecided.");
    expect(text).toContain("This part needs JavaScript");
    expect(text).toContain("steps by large");
  });
});

async function untilThere(file: string): Promise<Buffer> {
  for (;;) {
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    if (content.length > 0) return content;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
