import { describe, expect, it } from "vitest";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { errorOf, QUESTION, served } from "./served.js";

const asked = (body: object) => ({ model: "glimprouter", messages: QUESTION, ...body });

describe("a request that cannot be answered", () => {
  it.each([
    ["n", { n: 2 }, "n"],
    ["logprobs", { logprobs: true }, "logprobs"],
    ["top_logprobs", { top_logprobs: 5 }, "top_logprobs"],
    ["audio", { audio: { voice: "alloy", format: "wav" } }, "audio"],
    ["modalities", { modalities: ["text", "audio"] }, "modalities"],
    ["functions", { functions: [{ name: "weather" }] }, "functions"],
  ])("asks for %s: 400 names the field", async (_, body, param) => {
    const { status, error } = await errorOf(await served().post(asked(body)));
    expect({ status, ...error }).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param,
      code: "unsupported_parameter",
      message: expect.stringContaining(`Field \`${param}\` is not supported here.`),
    });
  });

  it.each([
    ["no model", { messages: QUESTION }, "model", "missing_required_parameter"],
    ["no messages", { model: "glimprouter" }, "messages", "missing_required_parameter"],
    ["empty messages", asked({ messages: [] }), "messages", "invalid_value"],
    ["messages that are text", asked({ messages: "2+2?" }), "messages", "invalid_value"],
    [
      "a role of its own",
      asked({ messages: [{ role: "wizard", content: "2+2?" }] }),
      "messages[0].role",
      "invalid_value",
    ],
    ["a temperature of 3", asked({ temperature: 3 }), "temperature", "invalid_value"],
    ["no tokens", asked({ max_tokens: 0 }), "max_tokens", "invalid_value"],
    [
      "half a token",
      asked({ max_completion_tokens: 1.5 }),
      "max_completion_tokens",
      "invalid_value",
    ],
    [
      "a tool without a name",
      asked({ tools: [{ type: "function", function: {} }] }),
      "tools[0].function.name",
      "missing_required_parameter",
    ],
    ["a stop that is a number", asked({ stop: 7 }), "stop", "invalid_value"],
    ["stream: yes", asked({ stream: "yes" }), "stream", "invalid_value"],
  ])("with %s: 400 names the field", async (_, body, param, code) => {
    const { status, error } = await errorOf(await served().post(body));
    expect({ status, ...error }).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param,
      code,
      message: expect.stringContaining(`Field \`${param}\``),
    });
  });

  it("with arguments of a call that are no JSON names them", async () => {
    const call = { id: "1", type: "function", function: { name: "weather", arguments: "{city" } };
    const messages = [...QUESTION, { role: "assistant", content: null, tool_calls: [call] }];
    const { error } = await errorOf(await served().post(asked({ messages })));
    expect(error.param).toBe("messages[1].tool_calls[0].function.arguments");
    expect(error.message).toMatch(/expected a JSON object in a string/);
  });

  it("that ends with the assistant's words is refused by the router, before anything is asked", async () => {
    const { router, small } = scriptedRouter();
    const messages = [...QUESTION, { role: "assistant", content: "It is" }];
    const { status, error } = await errorOf(await served(router).post(asked({ messages })));
    expect([status, error.param]).toEqual([400, "messages"]);
    expect(small.opened).toEqual([]);
  });

  it("that is no JSON, an array, a number or nothing is told so", async () => {
    const { post } = served();
    expect(await errorOf(await post("{"))).toMatchObject({
      status: 400,
      error: { code: "invalid_json", message: "The body is no JSON." },
    });
    for (const body of ["[]", "7", "null", '"glimprouter"']) {
      expect(await errorOf(await post(body))).toMatchObject({
        status: 400,
        error: { param: null },
      });
    }
  });

  it("that is no JSON by its type is refused: a form of a web page can send it", async () => {
    const { post } = served();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", ""]) {
      const response = await post(asked({}), { "content-type": type });
      expect((await errorOf(response)).status).toBe(415);
    }
    const spelt = { "content-type": "Application/JSON; charset=utf-8" };
    expect((await post(asked({}), spelt)).status).toBe(200);
  });

  it("that is too large is refused, whether it says so or not", async () => {
    const { handler } = served(undefined, { limits: { bodyBytes: 1000 } });
    const text = JSON.stringify(asked({ user: "x".repeat(1000) }));
    const bytes = new TextEncoder().encode(text);
    const of = (body: BodyInit, headers: Record<string, string>) =>
      handler(
        new Request("http://127.0.0.1/v1/chat/completions", {
          method: "POST",
          body,
          headers: { "content-type": "application/json", ...headers },
          ...({ duplex: "half" } as object),
        }),
      );
    const unsaid = new ReadableStream({
      start: (controller) => {
        controller.enqueue(bytes.slice(0, 600));
        controller.enqueue(bytes.slice(600));
        controller.close();
      },
    });
    const expected = { status: 413, error: { code: "request_too_large" } };
    expect(await errorOf(await of(text, { "content-length": String(bytes.length) }))).toMatchObject(
      expected,
    );
    expect(await errorOf(await of(unsaid, {}))).toMatchObject(expected);
  });

  it("for anything else: 404 in OpenAI's shape", async () => {
    const { get, handler } = served();
    for (const path of [
      "/v1/responses",
      "/v1/completions",
      "/v1/embeddings",
      "/favicon.ico",
      "/v1/chat/completions",
    ]) {
      expect(await errorOf(await get(path))).toMatchObject({
        status: 404,
        error: { type: "not_found_error", code: "unknown_url", param: null },
      });
    }
    const deleted = await handler(new Request("http://127.0.0.1/v1/models", { method: "DELETE" }));
    expect(deleted.status).toBe(404);
  });
});

describe("what is taken without effect", () => {
  it("null for every field, and fields that nobody knows", async () => {
    const fields =
      "stream stream_options max_tokens temperature top_p seed stop tools tool_choice n logprobs audio modalities response_format glimprouter";
    const nulls = Object.fromEntries(fields.split(" ").map((field) => [field, null]));
    const others = {
      user: "u1",
      store: true,
      metadata: { a: "b" },
      frequency_penalty: 0.5,
      reasoning_effort: "low",
    };
    const said = { n: 1, logprobs: false, top_logprobs: 0, modalities: ["text"] };
    for (const body of [nulls, others, said]) {
      const response = await served().post(asked(body));
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.stringContaining("The answer is 4."),
      ]);
    }
  });
});
