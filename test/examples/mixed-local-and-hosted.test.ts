import { afterEach, expect, it } from "vitest";
import { runProgram } from "../programs/run-program.js";
import { startFakeSglang } from "../servers/fake-sglang/start-fake-sglang.js";
import { startFakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../servers/script/scripted-model.js";

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const script = {
  steps: [
    { text: "Count the primes below 100.", entropy: 0.1 },
    { text: "Wait, 1 is no prime.", entropy: 2 },
    { text: "So there are 25.", entropy: 0.2 },
  ],
  answer: "There are 25.",
};

it.each([
  ["vllm", startFakeVllm],
  ["sglang", startFakeSglang],
] as const)("mixed-local-and-hosted.ts: small on %s, large asked", async (kind, start) => {
  const small = await start({ model: scriptedThought(script) });
  // A hosted reasoning model that leaves its own thought in the text, in tags.
  const large = await startFakeVllm({ model: scriptedThought(script), modelName: "hosted" });
  closers.push(small.close, large.close);
  const { code, stdout, stderr } = await runProgram("examples/mixed-local-and-hosted", [], {
    SMALL_URL: small.baseURL,
    LARGE_URL: large.baseURL,
    LARGE_MODEL: "hosted",
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(
    "Count the primes below 100.\n\nThere are 25.\n\nSo there are 25.\n---\nThere are 25.\n",
  );
  expect(stdout).toContain("step 2: large, H_init 2.00 nats, ");
  expect(stdout).toContain(`continued by: {"small":"${kind}","large":"ask"}`);
  expect(new Set(large.requests.map(({ path }) => path))).toEqual(
    new Set(["/v1/chat/completions"]),
  );
});
