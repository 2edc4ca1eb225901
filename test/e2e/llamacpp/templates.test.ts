import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { runChains } from "../real-servers/run-chains.js";
import { askInProcess, expectSame, type Reference } from "./in-process.js";
import { LIMIT_MS, useLlamaPair } from "./llama-pair.js";
import { problems } from "./problems.js";

/** Templates that behave like those that reasoning models ship with. */
const TEMPLATES = ["empty-thought", "deleted-thought", "trimmed"] as const;
const OPEN = "<think>\n";

let reference: Reference;

beforeAll(async () => {
  reference = await askInProcess(problems());
}, LIMIT_MS);

describe.each(TEMPLATES)("template %s, --reasoning-format auto", (template) => {
  const file = fileURLToPath(
    new URL(`../real-servers/templates/${template}.jinja`, import.meta.url),
  );
  const { router, servers } = useLlamaPair("--chat-template-file", file);

  it.each(["fused", "probe"] as const)(
    "writes the same thoughts, %s",
    async (glimpse) => {
      const replies = await runChains(router({ glimpse }), reference.problems, 16);
      expectSame(`template ${template}, ${glimpse}`, reference, replies);
    },
    LIMIT_MS,
  );

  it("would be gone on with wrongly by a trailing assistant message, or not at all by this pair", async () => {
    const thought = `${OPEN}59, +10, %6\n\n`;
    const reply = await fetch(`${servers().small.rootURL}/apply-template`, {
      method: "POST",
      body: JSON.stringify({
        messages: [
          { role: "user", content: "59, +10, %6" },
          { role: "assistant", content: thought },
        ],
      }),
    });
    const { prompt } = (await reply.json()) as { prompt: string };
    const keeps = prompt.endsWith(`<|assistant|>${thought}`);
    expect(keeps).toBe(template === "trimmed");
  });
});

describe("--reasoning-format deepseek on the pair's own template", () => {
  const { router } = useLlamaPair("--reasoning-format", "deepseek");

  it(
    "writes the same thoughts",
    async () => {
      const replies = await runChains(router(), reference.problems, 16);
      expectSame("own template, --reasoning-format deepseek", reference, replies);
    },
    LIMIT_MS,
  );
});
