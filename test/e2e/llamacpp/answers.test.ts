import { fileURLToPath } from "node:url";
import { tool } from "@langchain/core/tools";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { digestOf } from "../real-servers/reply-digest.js";
import { runChains } from "../real-servers/run-chains.js";
import { spyFetch } from "../real-servers/spy-fetch.js";
import { askInProcess, expectSame, type Reference } from "./in-process.js";
import { chatOpenAI, LIMIT_MS, useLlamaPair } from "./llama-pair.js";
import { problems } from "./problems.js";

/** The pair knows no tools; that its template does not even show them makes both ways comparable. */
const weather = tool(({ city }) => `Rain in ${city}.`, {
  name: "weather",
  description: "Tells the weather of a city.",
  schema: z.object({ city: z.string() }),
});
const RESULT = z.object({ right: z.boolean() });

/** How the closed thought has to be carried, by template. */
const TEMPLATES = [
  ["none", [], "content"],
  ["empty-thought", ["--chat-template-file", templateFile("empty-thought")], "reasoning_content"],
  ["deleted-thought", ["--chat-template-file", templateFile("deleted-thought")], "content"],
] as const;

function templateFile(name: string): string {
  return fileURLToPath(new URL(`../real-servers/templates/${name}.jinja`, import.meta.url));
}

let reference: Reference;

beforeAll(async () => {
  reference = await askInProcess(problems());
}, LIMIT_MS);

describe.each(TEMPLATES)("answers, template %s", (name, args, carrier) => {
  const { router, servers } = useLlamaPair(...args);

  it(
    "with tools bound come in chat, behind the same thought, with the same text",
    async () => {
      const { fetch, sent } = spyFetch();
      const large = chatOpenAI(servers().large, { configuration: { fetch } });
      const model = router({ large }).bindTools([weather]);
      const replies = await runChains(model, reference.problems, 4);
      expectSame(`tools bound, template ${name}`, reference, replies);
      const chats = sent.filter(({ url }) => url.endsWith("/v1/chat/completions"));
      expect(chats).toHaveLength(reference.problems.length);
      for (const { body } of chats) {
        const last = (body.messages as Record<string, string>[]).at(-1);
        expect(last?.[carrier]).toMatch(/\S/);
      }
    },
    LIMIT_MS,
  );

  it(
    "in a response format are held to it, behind the same thought",
    async () => {
      const model = router().withStructuredOutput(RESULT, {
        method: "jsonSchema",
        includeRaw: true,
      });
      const prompts = reference.problems.map(({ prompt }) => prompt);
      const replies = await model.batch(prompts, { maxConcurrency: 4 });
      expect(replies.map(({ raw }) => digestOf(raw).thought)).toEqual(
        reference.replies.map(({ thought }) => thought),
      );
      for (const { parsed } of replies) expect(RESULT.safeParse(parsed).success).toBe(true);
    },
    LIMIT_MS,
  );
});
