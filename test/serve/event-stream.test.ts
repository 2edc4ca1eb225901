import { expect, it } from "vitest";
import { dataEvent, eventStream } from "../../src/serve/reply/event-stream.js";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const textOf = ({ value }: { value?: Uint8Array | undefined }) => new TextDecoder().decode(value);

/** Events by number, so many in each turn of the event loop; how many were asked for. */
function numbered({ aTurn, most = 1000 }: { readonly aTurn: number; readonly most?: number }) {
  const asked = { count: 0 };
  async function* events(): AsyncGenerator<string, void, void> {
    while (asked.count < most) {
      if (asked.count % aTurn === 0) await turn();
      asked.count++;
      yield dataEvent(String(asked.count));
    }
  }
  const left: unknown[] = [];
  const stream = eventStream(events(), { onLeft: (reason) => left.push(reason) });
  return { asked, left, stream, reader: stream.getReader() };
}

it("what is ready in one turn of the event loop goes out together, in whole events", async () => {
  const { reader } = numbered({ aTurn: 3, most: 6 });
  expect(textOf(await reader.read())).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\n");
  expect(textOf(await reader.read())).toMatch(/^data: 4\n\ndata: 5\n\ndata: 6\n\n/);
});

it("one that comes alone waits for nothing", async () => {
  const { reader, asked } = numbered({ aTurn: 1 });
  expect(textOf(await reader.read())).toBe("data: 1\n\n");
  expect(asked.count).toBeLessThan(3);
});

it("a reader that stalls is not written for; when it goes on, nothing is missing", async () => {
  const { reader, asked } = numbered({ aTurn: 2, most: 40 });
  let text = textOf(await reader.read());
  for (let count = 0; count < 100; count++) await turn();
  expect(asked.count).toBeLessThan(8);
  for (let item = await reader.read(); !item.done; item = await reader.read()) text += textOf(item);
  const numbers = Array.from({ length: 40 }, (_, index) => dataEvent(String(index + 1)));
  expect(text).toBe(`${numbers.join("")}data: [DONE]\n\n`);
});

it("events without an end to their turn are not gathered for ever", async () => {
  async function* events(): AsyncGenerator<string, void, void> {
    for (let count = 0; count < 1000; count++) yield dataEvent("x".repeat(100));
  }
  const reader = eventStream(events(), { onLeft: () => undefined }).getReader();
  const { value } = await reader.read();
  expect(value?.length).toBeLessThan(20_000);
});

it("a reader that leaves while it stalls is told of, and the events are closed", async () => {
  const { reader, left, asked } = numbered({ aTurn: 1 });
  await reader.read();
  for (let count = 0; count < 10; count++) await turn();
  await reader.cancel("gone");
  const { count } = asked;
  for (let turns = 0; turns < 10; turns++) await turn();
  expect(left).toEqual(["gone"]);
  expect(asked.count).toBe(count);
});
