import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pythonClientPlace } from "../../../scripts/clients/install-place.js";
import { outputOf } from "../../../scripts/run-command.js";
import { listen } from "../../../src/cli/listen.js";
import { createHandler } from "../../../src/serve/index.js";
import { scriptedRouter, THOUGHT } from "../../langchain/scripted-pair.js";

let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  const handler = createHandler({ router: scriptedRouter().router });
  server = await listen(handler, { port: 0, host: "127.0.0.1" });
});
afterAll(() => server.close());

it("Python's openai streams thought, answer, usage and record, lists models, and raises its own errors", async () => {
  const script = fileURLToPath(new URL("ask.py", import.meta.url));
  const output = await outputOf(pythonClientPlace().python, [script, `${server.address}/v1`]);
  expect(JSON.parse(output)).toEqual({
    models: ["glimprouter", "glimprouter/small", "glimprouter/large"],
    thought: THOUGHT,
    answer: "The answer is 4.",
    reasoning_tokens: expect.any(Number),
    threshold: 1.2,
    whole: "The answer is 4.",
    finish: "stop",
    refused: "model_not_found",
  });
});

it("curl, as docs/serve.md has it: a stream to its [DONE], and a whole reply", async () => {
  const ask = (body: object) =>
    outputOf("curl", [
      ...["-sN", `${server.address}/v1/chat/completions`],
      ...["-H", "content-type: application/json", "-d", JSON.stringify(body)],
    ]);
  const question = { model: "glimprouter", messages: [{ role: "user", content: "2+2?" }] };
  const stream = await ask({ ...question, stream: true });
  expect(stream).toMatch(/^data: \{.*"reasoning_content":"First/s);
  expect(stream.trimEnd()).toMatch(/data: \[DONE\]$/);
  const whole = JSON.parse(await ask(question)) as { choices: { message: { content: string } }[] };
  expect(whole.choices[0]?.message.content).toBe("The answer is 4.");
});
