import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { expectSame, expectSameThoughts } from "../real-servers/expect-same.js";
import { FORMAT, judge, withoutBlanks } from "../real-servers/forced-call.js";
import { recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { spyFetch } from "../real-servers/spy-fetch.js";
import { useSglangPair } from "./sglang-pair.js";

/** Templates that behave like those of reasoning models, and the parsers that they are served with. */
const SERVED = [
  { template: null, parser: null, forced: "in chat" },
  { template: "deleted-thought", parser: "deepseek-r1", forced: "as text" },
  { template: "empty-thought", parser: "qwen3", forced: "in chat" },
] as const;
const SOME = 12;

describe.each(SERVED)("template $template, parser $parser", ({ template, parser, forced }) => {
  const { router, servers } = useSglangPair(serveWith(template, parser));
  const name = `template ${template}, parser ${parser}`;
  const some = () => inject("reference").problems.slice(0, SOME);
  const withJson = (send: typeof fetch = fetch) =>
    chatOpenAI(servers().large, { configuration: { fetch: withoutBlanks(send) } });

  it.each(["fused", "probe"] as const)("the same thoughts, %s", async (glimpse) => {
    const { problems } = inject("reference");
    const replies = await runChains(
      router({ glimpse }),
      problems.slice(0, problems.length / 5),
      16,
    );
    expectSame(`${name}, ${glimpse}`, replies);
  });

  it.each(["judge", "any"])(
    `S11: a forced call (%s) is held to its schema, ${forced}`,
    async (tool_choice) => {
      const { fetch, sent } = spyFetch();
      const model = router({ large: withJson(fetch) }).bindTools([judge], { tool_choice });
      const replies = await runChains(model, some(), 8);
      expectSameThoughts(replies);
      for (const reply of replies) {
        const { tool_calls = [] } = reply as { tool_calls?: { name: string; args: unknown }[] };
        expect(tool_calls.map((call) => call.name)).toEqual(["judge"]);
        expect(FORMAT.safeParse(tool_calls[0]?.args).success).toBe(true);
        const end = recordOf(reply).answer?.end;
        if (forced === "as text") expect([reply.text, end]).toEqual(["", "tool_calls"]);
        // The grammar of a call in chat lets text stand beside it, and this pair never ends by itself.
        else expect(["tool_calls", "length"]).toContain(end);
      }
      const chats = sent.filter(({ url }) => url.endsWith("/v1/chat/completions"));
      expect(chats).toHaveLength(forced === "in chat" ? replies.length : 0);
      report(`${name}: forced calls (${tool_choice})`, { replies: replies.length });
    },
  );

  it.each(["functionCalling", "jsonSchema"] as const)(
    "withStructuredOutput is held to its schema: %s",
    async (method) => {
      const model = router({ large: withJson() }).withStructuredOutput(FORMAT, { method });
      const replies = await model.batch(
        some().map(({ prompt }) => prompt),
        { maxConcurrency: 8 },
      );
      for (const reply of replies) expect(FORMAT.safeParse(reply).success).toBe(true);
    },
  );

  it("with tools that are not called, the text is that of the in-process engine", async () => {
    const replies = await runChains(router().bindTools([judge]), some(), 8);
    expectSame(`${name}: tools bound`, replies);
  });
});

function serveWith(template: string | null, parser: string | null): readonly string[] {
  const file = (of: string) =>
    fileURLToPath(new URL(`../real-servers/templates/${of}.jinja`, import.meta.url));
  return [
    ...["--tool-call-parser", "qwen25", "--stream-interval", "4"],
    ...(template === null ? [] : ["--chat-template", file(template)]),
    ...(parser === null ? [] : ["--reasoning-parser", parser]),
  ];
}
