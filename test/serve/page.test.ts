import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { always } from "../../src/index.js";
import { CALIBRATION } from "../langchain/calibration/a-calibration.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { pageOf } from "../page/page-of.js";
import { errorOf, headersOf, served } from "./served.js";

const HOSTILE = `</script><script>alert(1)</script>"><img src=x onerror=alert(1)>`;

async function open(...[router, options]: Parameters<typeof served>) {
  const response = await served(router, { page: true, ...options }).get("/");
  const text = await response.text();
  const page = pageOf(text);
  const data = JSON.parse(page.querySelector("#served")?.textContent ?? "") as Record<
    string,
    never
  >;
  return { response, text, page, data };
}

describe("the page", () => {
  it("is there where it is wanted, else a 404 of OpenAI's shape", async () => {
    expect((await open()).response.status).toBe(200);
    const { status, error } = await errorOf(await served().get("/"));
    expect([status, error.type]).toEqual([404, "not_found_error"]);
  });

  it("its policy lets its own style and script in by their hashes, and asks this server alone", async () => {
    const { response, page } = await open();
    const headers = headersOf(response);
    const hashes = ["style", "script:not([type])"].map((selector) => {
      const found = page.querySelectorAll(selector);
      expect(found.length).toBe(1);
      return createHash("sha256")
        .update(found[0]?.textContent ?? "")
        .digest("base64");
    });
    expect(headers["content-security-policy"]?.split("; ")).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hashes[0]}'`,
      `script-src 'sha256-${hashes[1]}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });

  it("answers without the key, as health does; it says that one is needed, and not whose models these are", async () => {
    const router = scriptedRouter({ small: { identity: {} } }).router;
    Object.assign(router.small, { model: "our-secret-project" });
    const { response, data, page } = await open(router, { apiKey: "s3cret" });
    expect([response.status, data.needsKey]).toEqual([200, true]);
    expect(page.toString()).not.toMatch(/s3cret|our-secret-project/);
    const bare = await open(router);
    expect(bare.data.needsKey).toBe(false);
    expect(bare.page.querySelector(".models")?.textContent).toBe("our-secret-project with large");
  });

  it("questions stand in its box as text", async () => {
    const { text, page, data } = await open(undefined, { page: { questions: [HOSTILE, "2+2?"] } });
    const inBox = /<textarea[^>]*>([^<]*)<\/textarea>/.exec(text)?.[1];
    expect(inBox).toMatch(/^&lt;\/script&gt;.*&quot;&gt;&lt;img src=x onerror=alert\(1\)&gt;$/);
    expect(data.questions).toEqual([HOSTILE, "2+2?"]);
    expect(page.querySelectorAll("script, img").length).toBe(2);
    expect(page.querySelector("#another")?.hasAttribute("hidden")).toBe(false);
    const bare = await open();
    expect(bare.page.querySelector("textarea")?.textContent).toBe("");
    expect(bare.page.querySelector("#another")?.hasAttribute("hidden")).toBe(true);
  });

  it("foreign names are refused here, too", async () => {
    const { get } = served(undefined, { page: true, hosts: ["127.0.0.1"] });
    expect((await get("/", { host: "evil.example" })).status).toBe(403);
  });
});

describe("the threshold that a question may set", () => {
  const knobOf = async (fields: Parameters<typeof scriptedRouter>[1]) =>
    (await open(scriptedRouter({}, fields).router)).data.knob;

  it("has the range and unit of the router's point", async () => {
    expect(await knobOf({ threshold: 0.8 })).toEqual({
      tau: 0.8,
      lo: 0,
      hi: Math.log(20),
      unit: "nats",
      direction: "above",
    });
    expect(await knobOf({ topLogprobs: 5 })).toMatchObject({ tau: 1, hi: Math.log(5) });
  });

  it("is a calibration's", async () => {
    const { threshold, direction } = CALIBRATION;
    expect(await knobOf({ threshold: CALIBRATION })).toMatchObject({
      tau: threshold,
      direction,
      lo: 0,
    });
  });

  it("is none where a policy decides", async () => {
    expect(await knobOf({ policy: always("large") })).toBeNull();
  });
});
