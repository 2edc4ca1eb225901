import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { expectSame } from "../real-servers/expect-same.js";
import { runChains } from "../real-servers/run-chains.js";
import { useVllmPair } from "./vllm-pair.js";

/** Templates that behave like those that reasoning models ship with, each with the parser it is served with. */
const TEMPLATES = [
  {
    template: "empty-thought",
    parser: "qwen3",
    refusal: "it puts something between the assistant's header and the message",
  },
  {
    template: "deleted-thought",
    parser: "deepseek_r1",
    refusal: "the final message does not appear in the chat",
  },
  { template: "trimmed", parser: null, refusal: "it changes the end of the message" },
] as const;

describe.each(TEMPLATES)("template $template, parser $parser", ({ template, parser, refusal }) => {
  const file = fileURLToPath(
    new URL(`../real-servers/templates/${template}.jinja`, import.meta.url),
  );
  const parsed = parser === null ? [] : ["--reasoning-parser", parser];
  const { router } = useVllmPair("--chat-template", file, ...parsed);

  it.each(["fused", "probe"] as const)("vllm writes the same thoughts, %s", async (glimpse) => {
    const { problems } = inject("reference");
    const some = glimpse === "fused" ? problems : problems.slice(0, problems.length / 5);
    const replies = await runChains(router({ glimpse, continuation: "vllm" }), some, 16);
    expectSame(`${template}, parser ${parser}, vllm, ${glimpse}`, replies);
  });

  it("vllm-chat is refused with the reason", async () => {
    await expect(router({ continuation: "vllm-chat" }).invoke("59, +10, %6")).rejects.toMatchObject(
      { reason: "not_continued", message: expect.stringContaining(refusal) },
    );
  });
});
