import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { chatOpenAI } from "../writers/vllm/vllm-setup.js";

const THREAD = { configurable: { thread_id: "1" } };

it("F20: no secret is in a checkpoint, whatever a server echoes", async () => {
  const echo = "Bearer sk-model-key, header-secret";
  const model = chatOpenAI(
    { baseURL: "http://127.0.0.1:9/v1" },
    {
      apiKey: "sk-model-key",
      configuration: {
        defaultHeaders: { "x-api-key": "header-secret" },
        fetch: async (url) => {
          if (String(url).endsWith("detokenize")) return Response.json({ prompt: "Q:" });
          if (String(url).endsWith("tokenize")) return Response.json({ tokens: [1], count: 1 });
          return Response.json({ error: { message: `No: ${echo}`, param: echo } }, { status: 400 });
        },
      },
    },
  );
  const checkpointer = new MemorySaver();
  const graph = glimpRouterGraph({
    small: model,
    large: model,
    continuation: "vllm",
    checkpointer,
  });
  const input = { messages: [new HumanMessage("2+2?")] };
  await expect(graph.invoke(input, THREAD)).rejects.toThrow("No: Bearer [API key], [secret]");
  const decoder = new TextDecoder();
  const kept = JSON.stringify([checkpointer.storage, checkpointer.writes], (_key, value) =>
    value instanceof Uint8Array ? decoder.decode(value) : value,
  );
  // The prompt and the failure of its first request.
  expect(kept).toContain("2+2?");
  expect(kept).toContain("No: Bearer [API key]");
  expect(kept).not.toMatch(/sk-model-key|header-secret/);
});
