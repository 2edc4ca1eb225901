import { expect, it, onTestFinished } from "vitest";
import { runProgram } from "../programs/run-program.js";
import { startFakeOllama } from "../servers/fake-ollama/start-fake-ollama.js";
import { PRIMES_MODEL } from "./primes-model.js";

it("ollama.ts routes between two models of one Ollama (a fake)", async () => {
  const server = await startFakeOllama({ model: PRIMES_MODEL });
  onTestFinished(() => server.close());
  const { code, stdout, stderr } = await runProgram("examples/ollama", [], {
    SMALL_MODEL: "small",
    LARGE_MODEL: "large",
    OLLAMA_BASE_URL: server.url,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain('  2 large H_init 2.00 at "Wait,"\n');
  expect(stdout).toContain("There are 25 primes below 100.");
  expect(stdout).toContain("continued as ollama and ollama: 2 + 2 requests, 2 hand-offs");
  expect(server.violations).toEqual([]);
});
