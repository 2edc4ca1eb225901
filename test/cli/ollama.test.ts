import { expect, it } from "vitest";
import type { RoutingRecord } from "../../src/index.js";
import { runCli } from "../programs/run-program.js";
import { CHAIN } from "../writers/llamacpp/llamacpp-setup.js";
import { fakeOllama } from "../writers/ollama/ollama-setup.js";

it("`ollama:NAME` is a model of the Ollama at OLLAMA_BASE_URL", async () => {
  const server = await fakeOllama({ script: CHAIN });
  const models = ["--small", "ollama:small", "--large", "ollama:large"];
  const { code, stdout, stderr } = await runCli(
    ["ask", "59, +10, %6", ...models, "--threshold", "1", "--json"],
    { OLLAMA_BASE_URL: server.url },
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const reply = JSON.parse(stdout) as { answer: string; glimprouter: RoutingRecord };
  expect(reply.answer).toBe(CHAIN.answer);
  expect(reply.glimprouter.continuation).toEqual({ small: "ollama", large: "ollama" });
  expect(new Set(server.to("/api/generate").map(({ body }) => body.model))).toEqual(
    new Set(["small", "large"]),
  );
});

it("`ollama:` without a name is told in one line", async () => {
  const { code, stderr } = await runCli([
    "ask",
    "2+2?",
    "--small",
    "ollama:",
    "--large",
    "ollama:b",
  ]);
  expect(code).toBe(2);
  expect(stderr.trim()).toBe(
    "glimprouter: ollama: needs a model's name behind it, as in ollama:qwen3:4b",
  );
});
