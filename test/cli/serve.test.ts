import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { runCli } from "../programs/run-program.js";
import { fakeVllm } from "../writers/vllm/vllm-setup.js";
import { startServe } from "./start-serve.js";

const ask = (address: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${address}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "glimprouter", ...body }),
  });
const TAPE = { messages: [{ role: "user", content: "59, +10, %6, +90, %9" }] };

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}

it("serves the embedded pair offline, tells each reply in one line without its words, and ends with 0", async () => {
  const { child, out, said, address } = await startServe([]);
  expect(out.text).toContain("glimprouter\nglimprouter/small\nglimprouter/large\n");
  await said(/A page to watch a thought: http:\/\/127\.0\.0\.1:\d+\n/);
  const page = await (await fetch(address)).text();
  const question = /<textarea[^>]*>([^<]+)</.exec(page)?.[1] ?? "";
  const messages = [{ role: "user", content: question }];
  const reply = (await (await ask(address, { messages })).json()) as {
    choices: { message: { content: string } }[];
  };
  // Small alone says 30.
  expect(reply.choices[0]?.message.content).toBe("Answer: \\boxed{66}");
  await said(/200 glimprouter in \d+\.\d\d s: \d+ steps, \d+ % by large/);
  expect(out.text).not.toContain("marbles");
  child.kill("SIGTERM");
  expect(await ended(child)).toBe(0);
});

it("SIGTERM: open replies end, nothing new is taken", async () => {
  const { baseURL } = await fakeVllm({ tokenDelayMs: 60 });
  const model = `${baseURL}#small`;
  const { child, said, address } = await startServe(["--small", model, "--large", model]);
  const open = await ask(address, { ...TAPE, stream: true });
  const reader = open.body?.getReader();
  await reader?.read();
  child.kill("SIGTERM");
  await said(/SIGTERM: no new requests/);
  await expect(ask(address, TAPE)).rejects.toThrow("fetch failed");
  let text = "";
  for (let item = await reader?.read(); item?.done === false; item = await reader?.read()) {
    text += new TextDecoder().decode(item.value);
  }
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  expect(await ended(child)).toBe(0);
});

it("without grace they are cut, with an error event and no [DONE]", async () => {
  const { baseURL } = await fakeVllm({ tokenDelayMs: 200 });
  const model = `${baseURL}#small`;
  const args = ["--small", model, "--large", model, "--grace", "0"];
  const { child, address } = await startServe(args);
  const open = await ask(address, { ...TAPE, stream: true });
  child.kill("SIGTERM");
  const text = await open.text();
  expect(text).toMatch(/data: \{"error":\{"message":"The server is going down\."[^\n]*\n\n$/);
  expect(text).not.toContain("[DONE]");
  expect(await ended(child)).toBe(0);
});

it("a port that is taken is told with exit code 2", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const { code, stderr } = await runCli(["serve", "--port", String(port)]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/cannot be had \(EADDRINUSE\)/);
});

it("with a key others may ask; the key is asked of them", async () => {
  const { address } = await startServe(["--api-key-env", "SERVE_KEY"], { SERVE_KEY: "s3cret" });
  expect((await ask(address, TAPE)).status).toBe(401);
  expect((await ask(address, TAPE, { authorization: "Bearer s3cret" })).status).toBe(200);
  expect((await fetch(`${address}/health`)).status).toBe(200);
});
