import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../src/cli/listen.js";
import { createHandler, type HandlerOptions, type ServedReply } from "../../src/serve/index.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { lowContrasts } from "../page/low-contrasts.js";
import { Chromium, chromiumPath } from "../page/start-chromium.js";

const path = chromiumPath();
let chromium: Chromium;

const HOSTILE = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202egnp.exe`;

/** Opens the page of a server of its own. */
async function open(options: HandlerOptions = { router: scriptedRouter().router }) {
  const replies: ServedReply[] = [];
  const onReply = (reply: ServedReply) => void replies.push(reply);
  const page = { questions: ["2+2?", "3+3?"] };
  const handler = createHandler({ page, onReply, ...options } as HandlerOptions);
  const { address, close } = await listen(handler, { port: 0, host: "127.0.0.1" });
  onTestFinished(close);
  await chromium.open(address);
  return { address, replies };
}

const textsOf = (selector: string) =>
  chromium.evaluate<string[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.textContent)`,
  );
const textOf = async (selector: string) => (await textsOf(selector))[0];
const until = (expression: string) =>
  expect
    .poll(() => chromium.evaluate<boolean>(`Boolean(${expression})`), { timeout: 10_000 })
    .toBe(true);
const over = () =>
  until(`/^(Done|Failed|Stopped)/.test(document.querySelector("#status").textContent)`);
const press = async (key: string, code = key) => {
  const fields = {
    key,
    code,
    ...(key === "Enter" ? { text: "\r", windowsVirtualKeyCode: 13 } : {}),
  };
  await chromium.ask("Input.dispatchKeyEvent", { type: "keyDown", ...fields });
  await chromium.ask("Input.dispatchKeyEvent", { type: "keyUp", ...fields });
};
/** By keyboard, from the box. */
const ask = async () => {
  await chromium.evaluate(`document.querySelector("#question").focus()`);
  await press("Enter");
};
const setTau = (tau: number) =>
  chromium.evaluate(`(() => {
    const input = document.querySelector("#tau");
    input.value = ${tau};
    input.dispatchEvent(new Event("input"));
  })()`);

describe.skipIf(path === null)(
  "the served page in a real Chromium (apt-get install chromium)",
  () => {
    beforeAll(async () => {
      chromium = await Chromium.start(path ?? "");
      await chromium.ask("Emulation.setFocusEmulationEnabled", { enabled: true });
    });
    afterAll(() => chromium.close());

    it("shows the thought by writer, the values, the answer and the figures, and asks its own server alone", async () => {
      const model = { input: 1, cachedInput: 0.1, output: 2 };
      const prices = { small: model, large: { ...model, output: 20 } };
      const { address } = await open({ router: scriptedRouter({}, { prices }).router });
      expect(await textsOf("#sample .writers")).toEqual(["S", "L"]);
      await ask();
      await over();
      expect(chromium.complaints(address)).toEqual([]);
      expect(await textsOf("#thought .writers")).toEqual(["S", "L", "S"]);
      expect(await textsOf("#thought .part")).toEqual([
        "First we add 2 and 2.",
        "⇥Wait, is that right?",
        "Yes, it is four.",
      ]);
      expect(await textsOf("#thought .value > span:last-child")).toEqual(["0.20", "2.10", "0.30"]);
      expect(await textOf("#answer")).toBe("The answer is 4.");
      const figures = await textsOf("#figures > div");
      expect(figures[0]).toBe("Steps31 by large");
      expect(figures[1]).toMatch(/^Large share\d\d %of its tokens$/);
      expect(figures.find((each) => each.startsWith("Requests"))).toMatch(/small, 2 large$/);
      expect(figures.find((each) => each.startsWith("Cost"))).toMatch(
        /^Cost0\.000\d+in the unit of the prices$/,
      );
      expect(await textOf("#tau-hint")).toBe("Of the 3 steps shown, 1 lies on large's side.");
    });

    it("candidates come by pointing and by keyboard, and go by Escape", async () => {
      await open();
      await ask();
      await over();
      const card = `!document.querySelector("#candidates").hasAttribute("hidden")`;
      expect(await chromium.evaluate(card)).toBe(false);
      const place = await chromium.evaluate<{ x: number; y: number }>(
        `(() => { const { x, y, width, height } = document.querySelector("#thought .handed").getBoundingClientRect(); return { x: x + width / 2, y: y + height / 2 }; })()`,
      );
      await chromium.ask("Input.dispatchMouseEvent", { type: "mouseMoved", ...place });
      await until(card);
      expect(await textOf("#candidates strong")).toBe(`handed to large; "Wait," is dropped`);
      expect(await textOf("#candidates p span")).toBe("stepStart: 2.10 (τ 1.00)");
      await press("Escape");
      expect(await chromium.evaluate(card)).toBe(false);
      await chromium.evaluate(`document.querySelector("#thought .kept").focus()`);
      expect(await textOf("#candidates strong")).toBe("kept by small");
    });

    it("the threshold of the slider is that of the next question; what was before can be looked at again", async () => {
      const { replies } = await open();
      await ask();
      await over();
      await setTau(2.5);
      expect(await textOf("#tau-hint")).toBe("Of the 3 steps shown, none lies on large's side.");
      expect(await textsOf("#thought .writers")).toEqual(["S", "L", "S"]);
      await ask();
      await until(`document.querySelectorAll("#earlier li").length === 2`);
      await over();
      expect(replies.map(({ model }) => model)).toEqual(["glimprouter", "glimprouter@tau=2.5"]);
      expect(await textsOf("#thought .writers")).toEqual(["S", "S", "S"]);
      expect(await textsOf("#earlier .figure:first-of-type")).toEqual(["τ 2.50", "τ 1.00"]);
      await chromium.evaluate(`document.querySelectorAll("#earlier button")[1].click()`);
      expect(await textsOf("#thought .writers")).toEqual(["S", "L", "S"]);
      await chromium.evaluate(`document.querySelector("#knob .pill").click()`);
      expect(await textOf("#knob output")).toBe("1.00 nats");
    });

    it("hostile texts stay texts", async () => {
      const script = {
        steps: [
          { text: HOSTILE, entropy: 0.2 },
          { text: HOSTILE, entropy: 2.1 },
        ],
        answer: HOSTILE,
      };
      const { address } = await open({
        router: scriptedRouter({ small: { script }, large: { script } }).router,
        page: { questions: [HOSTILE] },
      });
      await ask();
      await over();
      await setTau(2);
      await ask();
      await until(`document.querySelectorAll("#earlier li").length === 2`);
      await over();
      expect(await chromium.evaluate("window.hacked ?? null")).toBeNull();
      expect(chromium.complaints(address)).toEqual([]);
      expect(
        await chromium.evaluate(`document.querySelectorAll("img, iframe, script").length`),
      ).toBe(2);
      const shown = await chromium.evaluate<string>("document.body.innerText");
      expect(shown).not.toContain("\u202e");
      expect(await textOf("#answer")).toBe(HOSTILE.replace("\u202e", "\\u202e"));
    });

    it("a script and a style that are not its own are refused, and markup from text is, too", async () => {
      await open();
      const hack = `(() => {
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(style);
      try { document.body.innerHTML = "<b>x</b>"; return "made"; } catch (error) { return error.name; }
    })()`;
      expect(await chromium.evaluate(hack)).toBe("TypeError");
      expect(await chromium.evaluate("getComputedStyle(document.body).display")).toBe("block");
    });

    it("with a key the page asks for it, and keeps it in its memory alone", async () => {
      await open({ router: scriptedRouter().router, apiKey: "s3cret" });
      const field = `!document.querySelector("#key-field").hasAttribute("hidden")`;
      expect(await chromium.evaluate(field)).toBe(true);
      await ask();
      await over();
      expect(await textOf("#failure")).toMatch(/^No API key was given/);
      expect(await chromium.evaluate("document.activeElement.id")).toBe("key");
      await chromium.ask("Input.insertText", { text: "s3cret" });
      await press("Enter");
      await until(`document.querySelector("#answer").textContent === "The answer is 4."`);
      const kept = `JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])`;
      expect(await chromium.evaluate(kept)).not.toContain("s3cret");
    });

    it("Stop closes both models' streams; a failure under way leaves what was written, and says why", async () => {
      const slow = { tokenDelayMs: 30 };
      const { small, large, router } = scriptedRouter({ small: slow, large: slow });
      await open({ router });
      await ask();
      await until(`document.querySelector("#thought .part")`);
      expect(await textOf("#send")).toBe("Stop");
      await chromium.evaluate(`document.querySelector("#send").click()`);
      await over();
      await expect.poll(() => small.openStreams + large.openStreams).toBe(0);
      expect(await textOf("#status")).toMatch(/^Stopped after/);
      expect(await textOf("#send")).toBe("Ask");
      await open({ router: scriptedRouter({ small: { failAt: 40 } }).router });
      await ask();
      await over();
      expect(await textOf("#failure")).toBe("The small model failed: The engine died.");
      expect((await textsOf("#thought .part"))[0]).toBe("First we add 2 and 2.");
    });

    it("fits a phone, can be read in light and in dark, and keeps still where that is wished", async () => {
      const slow = { tokenDelayMs: 30 };
      await open({ router: scriptedRouter({ small: slow, large: slow }).router });
      await chromium.setView(360, "light", "reduce");
      await ask();
      await until(`document.querySelector("#thought .live .part")`);
      const caret = `getComputedStyle(document.querySelector("#thought .live .part:last-child"), "::after").animationName`;
      expect(await chromium.evaluate(caret)).toBe("none");
      await over();
      for (const scheme of ["light", "dark"]) {
        for (const width of [360, 1280]) {
          await chromium.setView(width, scheme);
          const page = "document.documentElement";
          expect(await chromium.evaluate(`${page}.scrollWidth - ${page}.clientWidth`)).toBe(0);
          expect(await chromium.evaluate(lowContrasts())).toEqual([]);
        }
      }
    });
  },
);
