import type { Exchange } from "../http/exchange.js";
import type { OllamaFault } from "./fake-ollama-options.js";

interface ToolDefinition {
  readonly function: { readonly name: string };
}

/** A chat reply: a call of the first tool, words where its result is there and not yet answered, an object where a format is held to, else a few words. */
export async function streamChat(exchange: Exchange<OllamaFault>, model: string): Promise<void> {
  const { body } = exchange.record;
  const line = (message: object) => ({
    model,
    created_at: "2026-11-27T08:00:00Z",
    message: { role: "assistant", content: "", ...message },
    done: false,
  });
  const last = {
    ...line({}),
    done: true,
    done_reason: "stop",
    prompt_eval_count: 20,
    eval_count: 5,
  };
  const messages = messagesOf(body).map(line);
  if (body.stream === false) return exchange.json(200, { ...last, ...messages[0], done: true });
  exchange.beginStream();
  for (const each of messages) await exchange.sendLine(each, 1);
  exchange.breakOff(`${JSON.stringify(last)}\n`);
}

function messagesOf(body: Readonly<Record<string, unknown>>): readonly object[] {
  const { tools, format, messages } = body;
  const [tool] = (tools ?? []) as readonly ToolDefinition[];
  const said = messages as readonly { role: string; tool_calls?: unknown }[];
  const kinds = said.map((each) => (each.tool_calls === undefined ? each.role : "call"));
  const hasResult = kinds.lastIndexOf("tool") > kinds.lastIndexOf("assistant");
  if (tool !== undefined && hasResult) return [{ content: "It is" }, { content: " 4." }];
  if (tool !== undefined) {
    return [
      { tool_calls: [{ function: { name: tool.function.name, arguments: { a: 2, b: 2 } } }] },
    ];
  }
  if (format !== undefined) return [{ content: '{"sum":' }, { content: "4}" }];
  return ["Asked", " for", " a", " step."].map((content) => ({ content }));
}
