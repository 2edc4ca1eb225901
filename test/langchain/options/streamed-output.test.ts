import { describe, expect, it } from "vitest";
import { z } from "zod";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { BEFORE, toolPair } from "../tools/tool-pair.js";

const VALUE = { city: "Oslo in Norway", rain: true, days: [1, 2] };
const ANSWER = '{"city": "Oslo in Norway", "rain": true, "days": [1, 2]}';
const Weather = z.object({
  city: z.string(),
  rain: z.boolean(),
  days: z.array(z.number()),
  unit: z.string().default("day"),
});
const JSON_SCHEMA = {
  title: "weather",
  type: "object",
  properties: { city: { type: "string" }, rain: { type: "boolean" }, days: { type: "array" } },
};
const CALL = `<tool_call>{"name": "weather", "arguments": ${ANSWER}}</tool_call>`;

async function routerOf(answer: string) {
  const [first = "", second = ""] = BEFORE.split("\n\n");
  const steps = [
    { text: first, entropy: 0.2 },
    { text: second, entropy: 2.1 },
  ];
  return (await toolPair({ model: scriptedThought({ steps, answer }) })).router();
}

/** A plain ChatOpenAI on a server that writes the same answer in the same tokens, without a thought. */
async function plainOf(answer: string) {
  const model = scriptedThought({ steps: [], answer });
  const server = await fakeVllm({ model: () => model("<think>\n</think>\n\n"), toolParser: true });
  return chatOpenAI(server, { model: "small" });
}

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

describe("L7: structured output that streams", () => {
  it("jsonSchema of a JSON schema gives ChatOpenAI's partial objects", async () => {
    const config = { method: "jsonSchema" as const };
    const plain = (await plainOf(ANSWER)).withStructuredOutput(JSON_SCHEMA, config);
    const expected = await collect(await plain.stream("Weather?"));
    const router = (await routerOf(ANSWER)).withStructuredOutput(JSON_SCHEMA, config);
    const objects = await collect(await router.stream("Weather?"));
    expect(objects).toEqual(expected);
    expect(objects.length).toBeGreaterThan(5);
    expect(objects.at(-1)).toEqual(VALUE);
  });

  it("functionCalling gives ChatOpenAI's, too", async () => {
    const config = { method: "functionCalling" as const };
    const plain = (await plainOf(CALL)).withStructuredOutput(JSON_SCHEMA, config);
    const expected = await collect(await plain.stream("Weather?"));
    const router = (await routerOf(CALL)).withStructuredOutput(JSON_SCHEMA, config);
    const objects = await collect(await router.stream("Weather?"));
    expect(objects).toEqual(expected);
    expect(objects.length).toBeGreaterThan(2);
  });

  it.each(["jsonSchema", "jsonMode"] as const)(
    "%s of a zod schema: partial ones, and the whole one checked",
    async (method) => {
      const router = (await routerOf(ANSWER)).withStructuredOutput(Weather, { method });
      const objects = await collect(await router.stream("Weather?"));
      expect(objects.length).toBeGreaterThan(5);
      expect(objects[0]).toEqual({});
      expect(objects.at(-2)).toEqual(VALUE);
      expect(objects.at(-1)).toEqual({ ...VALUE, unit: "day" });
      expect(await router.invoke("Weather?")).toEqual({ ...VALUE, unit: "day" });
    },
  );

  it("a zod schema that is broken is an error at the end", async () => {
    const broken = '{"city": "Oslo in Norway", "rain": 7}';
    const router = (await routerOf(broken)).withStructuredOutput(Weather, { method: "jsonSchema" });
    const seen: unknown[] = [];
    const read = async () => {
      for await (const object of await router.stream("Weather?")) seen.push(object);
    };
    await expect(read()).rejects.toThrow(/parse/i);
    expect(seen.at(-1)).toEqual({ city: "Oslo in Norway", rain: 7 });
  });

  it.each([
    ["a zod schema", Weather, { ...VALUE, unit: "day" }],
    ["a JSON schema", JSON_SCHEMA, VALUE],
  ])(
    "with includeRaw each piece of the message has the object beside it: %s",
    async (_what, schema, whole) => {
      const config = { method: "jsonSchema", includeRaw: true } as const;
      const router = (await routerOf(ANSWER)).withStructuredOutput(schema as never, config);
      const pieces = await collect(await router.stream("Weather?"));
      const texts = pieces.map(({ raw }) => raw.text).join("");
      const thoughts = pieces.map(({ raw }) => raw.additional_kwargs.reasoning_content ?? "");
      expect(texts).toBe(ANSWER);
      expect(thoughts.join("")).toBe(BEFORE);
      const partial = new Set(pieces.map(({ parsed }) => JSON.stringify(parsed)));
      expect(partial.size).toBeGreaterThan(5);
      expect(pieces[0]?.parsed).toBeNull();
      expect(pieces.at(-1)?.parsed).toEqual(whole);
      expect((await router.invoke("Weather?")).parsed).toEqual(whole);
    },
  );

  it("with includeRaw the object of a broken answer is null at the end, and the message is there", async () => {
    const config = { method: "jsonMode", includeRaw: true } as const;
    const router = (await routerOf('{"city": 7}')).withStructuredOutput(Weather, config);
    const last = (await collect(await router.stream("Weather?"))).at(-1);
    expect(last?.parsed).toBeNull();
    expect(last?.raw.response_metadata.finish_reason).toBe("stop");
    const { raw, parsed } = await router.invoke("Weather?");
    expect([raw.text, parsed]).toEqual(['{"city": 7}', null]);
  });

  it("its trace ends with the whole message and the whole object", async () => {
    const config = { method: "jsonSchema", includeRaw: true } as const;
    const router = (await routerOf(ANSWER)).withStructuredOutput(Weather, config);
    let output: { raw?: { text: string }; parsed?: unknown } = {};
    for await (const { event, data } of router.streamEvents("Weather?", { version: "v2" })) {
      if (event === "on_chain_end") output = data.output as typeof output;
    }
    expect(output.raw?.text).toBe(ANSWER);
    expect(output.parsed).toEqual({ ...VALUE, unit: "day" });
  });
});
