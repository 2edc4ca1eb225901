import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readEvents } from "../../../src/writers/connection/read-events.js";

/** A reply whose body arrives in these pieces; `cancelled` tells whether its reader left it. */
function replyOf(...pieces: readonly (string | Uint8Array)[]) {
  const waiting = pieces.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece,
  );
  const state = { cancelled: false, pulled: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        state.pulled++;
        const next = waiting.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body), state };
}

async function allOf(response: Response): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}

describe("events of a stream", () => {
  it.each([
    ["one in each piece", ['data: {"a":1}\n\n', 'data: {"a":2}\n\n']],
    ["two in one piece", ['data: {"a":1}\n\ndata: {"a":2}\n\n']],
    ["cut anywhere", ["da", 'ta: {"a"', ":1}\n", '\ndata: {"a":2}', "\n\n"]],
    ["with carriage returns", ['data: {"a":1}\r\n\r\ndata: {"a":2}\r\n\r\n']],
    [
      "between comments and other fields",
      [': ping\n\nid: 7\ndata: {"a":1}\n\n: ping\n\ndata: {"a":2}\n\n'],
    ],
  ])("come whole and in order: %s", async (_name, pieces) => {
    expect(await allOf(replyOf(...pieces).response)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it("keep a character whose bytes come in two pieces", async () => {
    const bytes = new TextEncoder().encode('data: {"a":"👍"}\n\n');
    const { response } = replyOf(bytes.slice(0, 14), bytes.slice(14));
    expect(await allOf(response)).toEqual([{ a: "👍" }]);
  });

  it("end at [DONE], and the body is read to its end, so that its connection can be used again", async () => {
    const { response, state } = replyOf(
      'data: {"a":1}\n\ndata: [DONE]\n\n',
      'data: {"a":2}\n\n',
      ": bye\n\n",
    );
    expect(await allOf(response)).toEqual([{ a: 1 }]);
    await expect.poll(() => state.pulled).toBe(4);
    expect(state.cancelled).toBe(false);
  });

  it("S3: end at [DONE] where the body stays open, which is left then; a stream of Node's, too", async () => {
    let cancelled = false;
    const open = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("data: [DONE]\n\n")),
      cancel: () => {
        cancelled = true;
      },
    });
    expect(await allOf(new Response(open))).toEqual([]);
    await expect.poll(() => cancelled).toBe(true);
    const body = new Readable({ read: () => undefined });
    body.push(Buffer.from('data: {"a":1}\n\ndata: [DONE]\n\n'));
    const response = { body, headers: new Headers() } as unknown as Response;
    expect(await allOf(response)).toEqual([{ a: 1 }]);
    await expect.poll(() => body.destroyed).toBe(true);
  });

  it("are left out where the stream was cut inside one", async () => {
    expect(await allOf(replyOf('data: {"a":1}\n\ndata: {"a":').response)).toEqual([{ a: 1 }]);
  });

  it("break the connection off where their reader leaves", async () => {
    const { response, state } = replyOf('data: {"a":1}\n\n', 'data: {"a":2}\n\n');
    for await (const _event of readEvents(response)) break;
    expect(state.cancelled).toBe(true);
  });

  it("are read from a stream of Node's, too, which older packages of fetch have", async () => {
    const body = Readable.from([Buffer.from('data: {"a":1}\n\n')]);
    const response = { body, headers: new Headers() } as unknown as Response;
    expect(await allOf(response)).toEqual([{ a: 1 }]);
  });

  it("are none where there is no body", async () => {
    expect(await allOf(new Response(null))).toEqual([]);
  });
});

describe("what is no event", () => {
  it("an error object is thrown with its code, and the connection broken off", async () => {
    const { response, state } = replyOf(
      'data: {"error":{"message":"Too many.","code":400}}\n\n',
      "data: [DONE]\n\n",
    );
    await expect(allOf(response)).rejects.toMatchObject({ message: "Too many.", code: 400 });
    expect(state.cancelled).toBe(true);
  });

  it("an error in another shape is quoted", async () => {
    const { response } = replyOf('data: {"error":"overloaded"}\n\n');
    await expect(allOf(response)).rejects.toMatchObject({
      message: '"overloaded"',
      error: "overloaded",
    });
  });

  it("text that is no JSON is a SyntaxError", async () => {
    await expect(allOf(replyOf("data: <html>\n\n").response)).rejects.toThrow(SyntaxError);
  });
});
