import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { show, shown, tint } from "../../src/cli/terminal.js";
import { runCli } from "../programs/run-program.js";
import { fakeVllm } from "../writers/vllm/vllm-setup.js";

vi.setConfig({ testTimeout: 120_000 });

/** A clipboard that is set, a title, a cleared screen, C1's own escape, and text that runs backwards. */
const EVIL = "\u001b]52;c;aGk=\u0007\u001b]0;t\u0007\u001b[2J\u009b31m\u202egnp\u2066\u007f\r";
const ESCAPED =
  "\\u001b]52;c;aGk=\\u0007\\u001b]0;t\\u0007\\u001b[2J\\u009b31m\\u202egnp\\u2066\\u007f\\u000d";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Refuses every request with an error that has them. */
async function evilServer(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `No. ${EVIL}`, code: 400 } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

function pairOn(baseURL: string, name = "small"): string[] {
  const model = `${baseURL}#${encodeURIComponent(name)}`;
  return ["--small", model, "--large", model, "--continuation", "vllm"];
}

describe("F19: what a terminal is sent", () => {
  it("has no control of anybody's but tab and line break", () => {
    expect(shown(`a\tb\n${EVIL}`).text).toBe(`a\tb\n${ESCAPED}`);
    expect(shown("one\r\ntwo").text).toBe("one\ntwo");
    const every = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join("");
    expect(shown(every).text).not.toMatch(RAW);
    expect(shown("naïve 日本 👩‍👩‍👧 עברית").text).toBe("naïve 日本 👩‍👩‍👧 עברית");
  });

  it("is made once: what is shown already is not made again", () => {
    const painted = tint("green", "\u001b[2J");
    expect(show`${painted} ${"\u001b"}`.text).toBe(`${painted.text} \\u001b`);
  });

  it("ask: of a model's thought and answer", async () => {
    const script = { steps: [{ text: `Step ${EVIL}.`, entropy: 0.2 }], answer: `Hi ${EVIL}!` };
    const server = await fakeVllm({ script });
    const { stdout, stderr } = await runCli(["ask", "Hi?", ...pairOn(server.baseURL)]);
    expect(stdout).toContain(`Step ${ESCAPED}.`);
    expect(stdout).toContain(`Hi ${ESCAPED}!`);
    expect(stdout + stderr).not.toMatch(RAW);
    const json = await runCli(["ask", "Hi?", ...pairOn(server.baseURL), "--json"]);
    expect(json.stdout).not.toMatch(RAW);
    expect(JSON.parse(json.stdout)).toMatchObject({ answer: `Hi ${EVIL}!` });
  });

  it("ask and doctor: of a server's errors and names, on both streams", async () => {
    const evil = await evilServer();
    const named = await fakeVllm({ modelName: `qwen${EVIL}` });
    const runs = await Promise.all([
      runCli(["ask", "Hi?", ...pairOn(evil)]),
      runCli(["ask", "Hi?", ...pairOn(evil), "--json"]),
      runCli(["doctor", ...pairOn(evil)]),
      runCli(["doctor", ...pairOn(evil), "--json"]),
      runCli(["doctor", ...pairOn(named.baseURL)]),
      runCli(["doctor", ...pairOn(named.baseURL, `qwen${EVIL}`)]),
    ]);
    for (const [index, { stdout, stderr }] of runs.entries()) {
      // Errors have lost them already (connection/); names come as they are.
      expect(stdout + stderr).toContain(index < 4 ? "400 No. ]52;c;aGk=" : "\\u001b]52;c;aGk=");
      expect(stdout + stderr).not.toMatch(RAW);
    }
  });

  it("is all that src/cli writes: no other file knows a stream", async () => {
    const folder = new URL("../../src/cli/", import.meta.url);
    const writers: string[] = [];
    for (const name of await readdir(folder)) {
      const text = await readFile(new URL(name, folder), "utf8");
      if (/process\.std(out|err)|console\.|picocolors/.test(text)) writers.push(name);
    }
    expect(writers).toEqual(["terminal.ts"]);
  });
});
