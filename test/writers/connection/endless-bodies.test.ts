import { describe, expect, it } from "vitest";
import { openAIAccess } from "../../../src/writers/connection/openai-client.js";
import { openStream, requestJson } from "../../../src/writers/connection/send-request.js";
import { serverError } from "../../../src/writers/connection/server-error.js";
import { type RawServer, startRaw, withoutEnd } from "../../servers/http/start-raw.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

const MEGABYTE = 1_048_576;

/** A reply of this kind that never ends. */
function endless(status: number, contentType: string, piece: string): Promise<RawServer> {
  return startRaw((response) => {
    response.writeHead(status, { "content-type": contentType });
    withoutEnd(response, piece);
  });
}

function accessTo(server: RawServer) {
  return openAIAccess(chatOpenAI(server), "small");
}

async function failureOf(server: RawServer, how: "stream" | "json"): Promise<Error> {
  const access = accessTo(server);
  try {
    if (how === "json") await requestJson(access, "/models");
    else for await (const _event of await openStream(access, "completions", {}));
  } catch (error) {
    return serverError(error, access, "writing");
  }
  throw new Error("Expected a failure");
}

/** Buffers of the machine's sockets lie between what was sent and what was read. */
const IN_BETWEEN = 8 * MEGABYTE;

const PAGE = `<p>${"Nothing to see here. ".repeat(100)}`;
const LINE = `data: ${"a".repeat(500)}\n`;
const JSON_PIECE = `{"a":"${"b".repeat(2_000)}",`;

describe("F14: a body without end", () => {
  it.each([
    ["a page", 200, "text/html", PAGE, "stream", "200 with text/html of more than 64 kB: <p>"],
    ["JSON", 200, "application/json", JSON_PIECE, "stream", "application/json of more than 64 kB"],
    ["a page with an error", 502, "text/html", PAGE, "stream", "502 <p>Nothing to see here."],
    ["JSON with an error", 500, "application/json", JSON_PIECE, "stream", '500 {"a":"bbb'],
    ["an error of JSON's", 400, "application/json", JSON_PIECE, "json", '400 {"a":"bbb'],
  ] as const)(
    "%s is quoted, and its connection given up",
    async (_name, status, contentType, piece, request, quoted) => {
      const server = await endless(status, contentType, piece);
      const error = await failureOf(server, request);
      expect(error).toMatchObject({ reason: "server", role: "small" });
      expect(error.message).toContain(quoted);
      expect(error.message.length).toBeLessThan(700);
      await expect.poll(() => server.givenUp).toBe(1);
      expect(server.bytes).toBeLessThan(IN_BETWEEN);
    },
  );

  it.each([
    ["an event", "text/event-stream", "data: ", "stream", "an event of more than 16 MB"],
    ["many lines of one", "text/event-stream", LINE, "stream", "an event of more than 16"],
    ["a reply", "application/json", JSON_PIECE, "json", "a reply of more than 16 MB"],
    ["a text", "text/plain", PAGE, "json", "a reply of more than 16 MB"],
  ] as const)("%s is refused by its size", async (_name, contentType, piece, how, named) => {
    const server = await endless(200, contentType, piece.repeat(200));
    const error = await failureOf(server, how);
    expect(error).toMatchObject({ reason: "server", role: "small" });
    expect(error.message).toContain(named);
    await expect.poll(() => server.givenUp).toBe(1);
    expect(server.bytes).toBeLessThan(16 * MEGABYTE + IN_BETWEEN);
  });

  it("a large one that ends is read: five megabytes in one event, and in one reply", async () => {
    const large = "x".repeat(5 * MEGABYTE);
    const server = await startRaw((response, { url }) => {
      const isJson = url === "/v1/models";
      response.setHeader("content-type", isJson ? "application/json" : "text/event-stream");
      response.end(isJson ? `{"a":"${large}"}` : `data: {"a":"${large}"}\n\ndata: [DONE]\n\n`);
    });
    const access = accessTo(server);
    expect(await requestJson(access, "/models")).toEqual({ a: large });
    for await (const event of await openStream(access, "completions", {})) {
      expect(event).toEqual({ a: large });
    }
  });
});

describe("S3: a stream whose body stays open behind [DONE]", () => {
  it("is over at once, and its connection is given up", async () => {
    const server = await startRaw((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"a":1}\n\ndata: [DONE]\n\n');
    });
    const began = performance.now();
    const events: unknown[] = [];
    for await (const event of await openStream(accessTo(server), "completions", {})) {
      events.push(event);
    }
    expect(performance.now() - began).toBeLessThan(200);
    expect(events).toEqual([{ a: 1 }]);
    expect(server.givenUp).toBe(0);
    await expect.poll(() => server.givenUp, { timeout: 2_000 }).toBe(1);
  });

  it("is over at once where it goes on for ever", async () => {
    const server = await startRaw((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: [DONE]\n\n");
      withoutEnd(response, ": still here\n\n".repeat(100));
    });
    for await (const _event of await openStream(accessTo(server), "completions", {}));
    await expect.poll(() => server.givenUp, { timeout: 2_000 }).toBe(1);
    expect(server.bytes).toBeLessThan(IN_BETWEEN);
  });
});

describe("an error told with HTTP 200", () => {
  it.each([
    ["S6", "application/json", '{"error":{"message":"Overloaded, come back.","code":503}}'],
    ["S6", "application/json", '{"object":"error","message":"Overloaded, come back."}'],
    ["S7", "text/event-stream", 'data: {"object":"error","message":"Overloaded, come back."}\n\n'],
  ])("%s: is quoted from %s", async (_row, contentType, body) => {
    const server = await startRaw((response) => {
      response.setHeader("content-type", contentType);
      response.end(body);
    });
    const error = await failureOf(server, "stream");
    expect(error.message).toContain(" failed at writing: Overloaded, come back. Look at");
  });

  it("S6: is thrown from whole replies, too, such as /tokenize", async () => {
    const server = await startRaw((response) => {
      response.setHeader("content-type", "application/json");
      response.end('{"error":{"message":"Overloaded, come back.","code":503}}');
    });
    const asked = requestJson(accessTo(server), "/tokenize", { prompt: "a" });
    await expect(asked).rejects.toMatchObject({ message: "Overloaded, come back.", code: 503 });
  });

  it("and a status that HTTP does not know is told as the SDK tells it", async () => {
    const server = await startRaw((response) => {
      response.statusCode = 799;
      response.end("Odd.");
    });
    await expect(requestJson(accessTo(server), "/models")).rejects.toMatchObject({ status: 799 });
  });
});
