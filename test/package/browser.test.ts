import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "tsup";
import { afterEach, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a page has by itself, of what Node has, too; neither `process` nor `Buffer` nor `require`. */
const OF_A_PAGE = [
  ...["AbortController", "AbortSignal", "Blob", "DOMException", "Event", "EventTarget", "FormData"],
  ...["Headers", "ReadableStream", "Request", "Response", "TextDecoder", "TextDecoderStream"],
  ...["TextEncoder", "TransformStream", "URL", "URLSearchParams", "WritableStream", "atob", "btoa"],
  ...["clearInterval", "clearTimeout", "console", "crypto", "fetch", "performance"],
  ...["queueMicrotask", "setInterval", "setTimeout", "structuredClone"],
] as const;

let folder = "";
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A script for a page, as a bundler makes it; it fails where something of Node is imported. */
async function bundledForPages(source: string): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), "glimprouter-browser-"));
  await writeFile(join(folder, "page.js"), source);
  await build({
    entry: { page: join(folder, "page.js") },
    outDir: folder,
    outExtension: () => ({ js: ".bundle.js" }),
    config: false,
    silent: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    noExternal: [/.*/],
    esbuildOptions: (options) => {
      options.nodePaths = [join(ROOT, "node_modules")];
    },
  });
  return readFile(join(folder, "page.bundle.js"), "utf8");
}

it("the main entry loads from a browser bundle, and answers", async () => {
  const code = await bundledForPages(`
    import { FakeListChatModel } from "@langchain/core/utils/testing";
    import { GlimpRouterChatModel } from ${JSON.stringify(`${ROOT}src/index.ts`)};
    const model = new FakeListChatModel({ responses: [] });
    const writer = {
      kind: "scripted",
      open: async () => ({
        kind: "scripted", data: null, opensThought: false, promptTokens: 1, contextSize: null,
      }),
      write: async function* (_from, thought) {
        const text = thought === "" ? "Hm.\\n</think>" : "42";
        const top = [{ token: text, logprob: 0 }];
        yield { type: "text", text, tokens: [{ token: text, logprob: 0, top }] };
        yield { type: "end", reason: "eos" };
      },
    };
    const router = new GlimpRouterChatModel({ small: model, large: model, continuation: writer });
    globalThis.reply = router.invoke("?").then(({ text }) => text);
  `);
  expect(await ranInPage(code)).toBe("42");
}, 60_000);

it("a report is written where there is no Node, too", async () => {
  const code = await bundledForPages(`
    import { report } from ${JSON.stringify(`${ROOT}src/report/report.ts`)};
    import { madeRun } from ${JSON.stringify(`${ROOT}test/report/made-run.ts`)};
    globalThis.reply = madeRun(12).then((made) => report(made));
  `);
  expect(await ranInPage(code)).toMatch(/^<!doctype html>[\s\S]+<svg [\s\S]+<\/html>\n$/);
}, 60_000);

/** What the script leaves in `reply`. */
async function ranInPage(code: string): Promise<unknown> {
  const page: Record<string, unknown> = { reply: undefined };
  for (const name of OF_A_PAGE) page[name] = globalThis[name];
  page.self = page.globalThis = page.window = page;
  runInContext(code, createContext(page));
  return await page.reply;
}
