import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { expectSame, expectSameThoughts } from "../real-servers/expect-same.js";
import { FORMAT, judge, withoutBlanks } from "../real-servers/forced-call.js";
import { digestOf, type Reply, recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { spyFetch } from "../real-servers/spy-fetch.js";
import { useVllmPair } from "./vllm-pair.js";

const SERVE = [
  "--enable-auto-tool-choice",
  ...["--tool-call-parser", "hermes"],
  ...["--structured-outputs-config", '{"backend":"xgrammar","disable_any_whitespace":true}'],
];
/** Templates that carry a closed thought in the content, and the reasoning parsers in front of them. */
const SERVED = [
  { template: null, parser: null },
  { template: null, parser: "deepseek_r1" },
  { template: "empty-thought", parser: "qwen3" },
] as const;
const SOME = 20;

describe.each(SERVED)(
  "answers in chat: template $template, parser $parser",
  ({ template, parser }) => {
    const { router, servers } = useVllmPair(...serveWith(template, parser));
    const name = `template ${template}, parser ${parser}`;
    const some = () => inject("reference").problems.slice(0, SOME);

    it("a forced tool call comes whole, behind the same thought", async () => {
      const { fetch, sent } = spyFetch();
      const large = chatOpenAI(servers().large, { configuration: { fetch: withoutBlanks(fetch) } });
      const model = router({ large }).bindTools([judge], { tool_choice: "judge", strict: true });
      const replies = await runChains(model, some(), 8);
      expectSameThoughts(replies);
      for (const reply of replies) {
        const [call, ...others] = (reply as { tool_calls?: readonly ToolCall[] }).tool_calls ?? [];
        expect(others).toEqual([]);
        expect(call?.name).toBe("judge");
        expect(FORMAT.safeParse(call?.args).success).toBe(true);
        expect(reply.text).toBe("");
        expect(recordOf(reply).answer?.end).toBe("tool_calls");
      }
      const chat = sent.find(({ url }) => url.endsWith("/v1/chat/completions"));
      expect(chat?.body.continue_final_message).toBe(true);
      expect(lastMessage(chat?.body).content).toMatch(/<\/think>\n\n$/);
      report(`${name}: a forced call`, { replies: replies.length });
    });

    it("an answer in a response format is held to it, behind the same thought", async () => {
      const model = router().withStructuredOutput(FORMAT, {
        method: "jsonSchema",
        includeRaw: true,
      });
      const prompts = some().map(({ prompt }) => prompt);
      const replies = await model.batch(prompts, { maxConcurrency: 8 });
      expectSameThoughts(replies.map(({ raw }) => raw));
      for (const { parsed } of replies) expect(FORMAT.safeParse(parsed).success).toBe(true);
    });

    it("with tools that are not called, the text is that of the in-process engine", async () => {
      const replies = await runChains(router().bindTools([judge]), some(), 8);
      expectSame(`${name}: tools bound`, replies);
    });
  },
);

describe("a template that deletes closed thoughts", () => {
  const { router, servers } = useVllmPair(...serveWith("deleted-thought", "deepseek_r1"));

  it("is asked for the answer with the thought in its prompt, which this pair cannot read", async () => {
    const { fetch, sent } = spyFetch();
    const large = chatOpenAI(servers().large, { configuration: { fetch } });
    const model = router({ large, maxAnswerTokens: 64 }).bindTools([judge]);
    const replies = await runChains(model, inject("reference").problems.slice(0, 3), 1);
    expectSameThoughts(replies);
    const chats = sent.filter(({ url }) => url.endsWith("/v1/chat/completions"));
    expect(chats).toHaveLength(replies.length);
    for (const [index, { body }] of chats.entries()) {
      expect(body.continue_final_message).toBeUndefined();
      expect(body.chat_template_kwargs).toEqual({ enable_thinking: false, thinking: false });
      const { thought } = digestOf(replies[index] as Reply);
      expect(lastMessage(body).content).toContain(thought);
    }
  });
});

interface ToolCall {
  readonly name: string;
  readonly args: unknown;
}

function templateFile(name: string): string {
  return fileURLToPath(new URL(`../real-servers/templates/${name}.jinja`, import.meta.url));
}

function serveWith(template: string | null, parser: string | null): readonly string[] {
  return [
    ...SERVE,
    ...(template === null ? [] : ["--chat-template", templateFile(template)]),
    ...(parser === null ? [] : ["--reasoning-parser", parser]),
  ];
}

function lastMessage(body: Readonly<Record<string, unknown>> | undefined) {
  const messages = (body?.messages ?? []) as readonly Readonly<Record<string, unknown>>[];
  return messages.at(-1) ?? {};
}
