import { describe, inject, it } from "vitest";
import { expectSame } from "../real-servers/expect-same.js";
import { runChains } from "../real-servers/run-chains.js";
import { useVllmPair } from "./vllm-pair.js";

describe("the pair's own template with a reasoning parser on", () => {
  const { router } = useVllmPair("--reasoning-parser", "deepseek_r1");

  it.each([
    ["vllm", "fused"],
    ["vllm-chat", "fused"],
    ["vllm-chat", "probe"],
  ] as const)("%s writes the same thoughts, %s", async (continuation, glimpse) => {
    const { problems } = inject("reference");
    const replies = await runChains(router({ glimpse, continuation }), problems, 16);
    expectSame(`parser deepseek_r1, ${continuation}, ${glimpse}`, replies);
  });
});

/** What a busy server does by itself now and then: the closing tag comes together with other tokens. */
describe("a reasoning parser on a server that sends several tokens at once", () => {
  const { router } = useVllmPair(
    ...["--reasoning-parser", "deepseek_r1", "--stream-interval", "4"],
  );

  it.each(["fused", "probe"] as const)(
    "vllm-chat writes the same thoughts, %s",
    async (glimpse) => {
      const problems = inject("reference").problems.slice(0, 60);
      const replies = await runChains(router({ glimpse, continuation: "vllm-chat" }), problems, 4);
      expectSame(`parser deepseek_r1, 4 tokens at once, vllm-chat, ${glimpse}`, replies);
    },
  );
});
