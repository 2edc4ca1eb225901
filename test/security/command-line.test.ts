import { createServer, type IncomingMessage } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { runHere } from "../programs/run-here.js";
import { listen } from "../servers/http/listen.js";
import { fakeVllm } from "../writers/vllm/vllm-setup.js";
import { type Echo, expectNoSecret, KEY } from "./canary.js";
import { ECHOES } from "./echoes.js";
import { HOSTILE_ANSWER, HOSTILE_SCRIPT } from "./hostile-script.js";

const CONTINUATION = "vllm";
/** Each takes seconds. */
const ECHOED = ["F20: a message of 401", "F22: a header", "F20: a token"];
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe("the command line prints", () => {
  it("nothing that a terminal would obey", async () => {
    const server = await fakeVllm({ script: HOSTILE_SCRIPT });
    const pair = [`${server.baseURL}#small`].flatMap((model) => [
      "--small",
      model,
      "--large",
      model,
    ]);
    const args = ["ask", "Hi?", ...pair, "--continuation", "vllm"];
    const { code, stdout, stderr } = await runHere(args);
    expect(code).toBe(0);
    expect(stdout).toContain("\\u202egnp.exe");
    expect(stdout + stderr).not.toMatch(STEERING);
    const json = await runHere([...args, "--json"]);
    expect(json.stdout).not.toMatch(STEERING);
    expect(JSON.parse(json.stdout)).toMatchObject({ answer: HOSTILE_ANSWER });
  });

  it.each(ECHOED)("no secret, whatever a server echoes: %s", async (name) => {
    const address = await echoServer(ECHOES[name] as Echo);
    const pair = ["--small", address, "--large", address, "--continuation", CONTINUATION];
    for (const args of [["ask", "2+2?", "--json"], ["doctor"]]) {
      const run = await runHere([...args, ...pair], { OPENAI_API_KEY: KEY });
      expect(run.code).toBe(1);
      expect(run.stdout + run.stderr).not.toBe("");
      expectNoSecret(run.stdout + run.stderr);
    }
  });
});

/** @returns its address, with credentials and a query */
async function echoServer(echo: Echo): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const headers = new Headers(request.headers as Record<string, string>);
    try {
      const reply = echo(headers, `http://${request.headers.host}${request.url}`, body);
      response.writeHead(reply.status, Object.fromEntries(entriesOf(reply.headers)));
      response.end(await reply.text());
    } catch {
      response.destroy();
    }
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `${url.replace("//", "//alice-user:pass%20word-secret@")}/v1?signature=default-query-secret#small`;
}

function entriesOf(headers: Headers): readonly (readonly [string, string])[] {
  const entries: [string, string][] = [];
  headers.forEach((value, name) => {
    entries.push([name, value]);
  });
  return entries;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
