import { afterEach, expect, it } from "vitest";
import { runProgram } from "../programs/run-program.js";
import type { FakeLlamacpp } from "../servers/fake-llamacpp/fake-llamacpp-options.js";
import { startFakeLlamacpp } from "../servers/fake-llamacpp/start-fake-llamacpp.js";
import { PRIMES_MODEL } from "./primes-model.js";

const servers: FakeLlamacpp[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function fakeServer(modelName: string): Promise<FakeLlamacpp> {
  const server = await startFakeLlamacpp({
    model: PRIMES_MODEL,
    modelName,
    refuseViolations: true,
  });
  servers.push(server);
  return server;
}

it("llama-server.ts routes between two llama.cpp servers (fakes)", async () => {
  const [small, large] = await Promise.all([fakeServer("small"), fakeServer("large")]);
  const { code, stdout, stderr } = await runProgram("examples/llama-server", [], {
    SMALL_URL: small.baseURL,
    LARGE_URL: large.baseURL,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain('  2 large H_init 2.00 at "Wait,"\n');
  expect(stdout).toContain("There are 25 primes below 100.");
  expect(stdout).toContain("continued as llamacpp and llamacpp: 2 + 2 requests, 2 hand-offs");
  expect([...small.violations, ...large.violations]).toEqual([]);
});
