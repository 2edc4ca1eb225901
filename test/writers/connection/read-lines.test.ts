import { describe, expect, it } from "vitest";
import { readLines } from "../../../src/writers/connection/read-lines.js";
import { candidatesIn } from "../../../src/writers/connection/unread-candidates.js";

function reply(pieces: readonly (string | Uint8Array)[]): Response {
  const bytes = pieces.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece,
  );
  return new Response(
    new ReadableStream({
      pull(controller) {
        const next = bytes.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
    }),
  );
}

async function all(response: Response): Promise<unknown[]> {
  const read = [];
  for await (const line of readLines(response)) read.push(line);
  return read;
}

describe("lines of JSON", () => {
  it("are read however they come, and blank ones left out", async () => {
    const text = '{"a":1}\r\n\n{"b":"é\\n"}\n{"done":true}\n{"behind":1}\n';
    const whole = [{ a: 1 }, { b: "é\n" }, { done: true }];
    expect(await all(reply([text]))).toEqual(whole);
    const bytes = new TextEncoder().encode(text);
    expect(await all(reply([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(whole);
  });

  it("that no line break ended were cut", async () => {
    expect(await all(reply(['{"a":1}\n{"b":2}']))).toEqual([{ a: 1 }]);
  });

  it("that are no JSON, or an error, are errors", async () => {
    await expect(all(reply(["<p>\n"]))).rejects.toBeInstanceOf(SyntaxError);
    await expect(all(reply(['{"error":"no room"}\n']))).rejects.toThrow("no room");
  });

  it("without end are given up", async () => {
    const piece = "x".repeat(1_048_576);
    const endless = reply(Array.from({ length: 20 }, () => piece));
    await expect(all(endless)).rejects.toThrow("a line of more than 16 MB");
  });

  it("leave candidates unread, and find them", async () => {
    const line =
      '{"logprobs":[{"token":"a","top_logprobs":[{"token":"}]","logprob":-1,"bytes":[125,93]}]}]}\n';
    const [event] = await all(reply([line.replace('"}]"', '"b"')]));
    const [{ top_logprobs: place }] = (event as { logprobs: [{ top_logprobs: unknown }] }).logprobs;
    expect(candidatesIn(event, place)).toMatchObject([{ token: "b", logprob: -1 }]);
    const [plain] = await all(reply([line]));
    expect(plain).toMatchObject({ logprobs: [{ top_logprobs: [{ token: "}]" }] }] });
  });
});
