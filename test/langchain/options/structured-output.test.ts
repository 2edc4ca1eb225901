import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { recordOf } from "../record-of.js";
import { BEFORE, toolPair } from "../tools/tool-pair.js";

const Weather = z.object({ city: z.string(), rain: z.boolean() }).describe("The weather.");
const VALUE = { city: "Oslo", rain: true };
const JSON_SCHEMA = {
  title: "weather",
  type: "object",
  properties: { city: { type: "string" }, rain: { type: "boolean" } },
  required: ["city", "rain"],
};

/** Two servers whose answer is a call of `name`, or JSON. */
function pair(answer: string) {
  const [first = "", second = ""] = BEFORE.split("\n\n");
  const steps = [
    { text: first, entropy: 0.2 },
    { text: second, entropy: 2.1 },
  ];
  return toolPair({ model: scriptedThought({ steps, answer }) });
}

function callOf(name: string, value: object = VALUE): string {
  return `<tool_call>${JSON.stringify({ name, arguments: value }).replaceAll('":', '": ')}</tool_call>`;
}

describe("by function calling", () => {
  it.each([
    ["a zod schema", Weather, "extract"],
    ["a JSON schema", JSON_SCHEMA, "weather"],
    ["a function in OpenAI's form", { name: "report", parameters: JSON_SCHEMA }, "report"],
  ])("takes %s", async (_what, schema, name) => {
    const { large, router } = await pair(callOf(name));
    const result = await router()
      .withStructuredOutput(schema as never)
      .invoke("Weather?");
    expect(result).toEqual(VALUE);
    const body = large.to("/v1/chat/completions").at(-1)?.body;
    expect(body?.tool_choice).toEqual({ type: "function", function: { name } });
  });

  it("gives the message, too, with includeRaw: thought and routing are not lost", async () => {
    const { router } = await pair(callOf("extract"));
    const model = router().withStructuredOutput(Weather, { includeRaw: true });
    const { raw, parsed } = await model.invoke("Weather?");
    expect(parsed).toEqual(VALUE);
    expect(raw.additional_kwargs.reasoning_content).toBe(BEFORE);
    expect(recordOf(raw).steps).toHaveLength(2);
  });

  it("gives null as parsed where the answer breaks the schema, with includeRaw", async () => {
    const { router } = await pair(callOf("extract", { city: 7 }));
    const model = router().withStructuredOutput(Weather, { includeRaw: true });
    expect((await model.invoke("Weather?")).parsed).toBeNull();
  });

  it("rejects an answer that breaks the schema", async () => {
    const { router } = await pair(callOf("extract", { city: 7 }));
    await expect(router().withStructuredOutput(Weather).invoke("Weather?")).rejects.toThrow(
      /parse/i,
    );
  });

  it("passes name and strict on", async () => {
    const { large, router } = await pair(callOf("forecast"));
    const model = router().withStructuredOutput(Weather, { name: "forecast", strict: true });
    await model.invoke("Weather?");
    expect(large.to("/v1/chat/completions").at(-1)?.body.tools).toMatchObject([
      { type: "function", function: { name: "forecast", strict: true } },
    ]);
  });
});

describe("by a response format", () => {
  it.each([
    ["jsonSchema", "json_schema"],
    ["jsonMode", "json_object"],
  ])("%s", async (method, type) => {
    const { large, router } = await pair(JSON.stringify(VALUE));
    const model = router().withStructuredOutput(Weather, { method });
    expect(await model.invoke("Weather?")).toEqual(VALUE);
    const { body, prompt } = large.to("/v1/chat/completions").at(-1) ?? {};
    expect(body?.response_format).toMatchObject({ type });
    expect(body?.tools).toBeUndefined();
    expect(prompt).toContain(BEFORE);
  });

  it("leaves the thought free: only the answer's request has the format", async () => {
    const { small, large, router } = await pair(JSON.stringify(VALUE));
    await router().withStructuredOutput(Weather, { method: "jsonSchema" }).invoke("Weather?");
    for (const { body } of [...small.to("/v1/completions"), ...large.to("/v1/completions")]) {
      expect(body.response_format).toBeUndefined();
    }
  });

  it("refuses a method that it does not know", async () => {
    const { router } = await pair("");
    expect(() => router().withStructuredOutput(Weather, { method: "xml" })).toThrow(
      /"functionCalling".*got "xml"/,
    );
  });
});

it("has the schema's type", async () => {
  const { router } = await pair(callOf("extract"));
  const value = await router().withStructuredOutput(Weather).invoke("Weather?");
  expectTypeOf(value).toEqualTypeOf<{ city: string; rain: boolean }>();
  const both = await router().withStructuredOutput(Weather, { includeRaw: true }).invoke("?");
  expectTypeOf(both.parsed).toEqualTypeOf<{ city: string; rain: boolean }>();
});

it("says in its call options what LangSmith shows of the response format", async () => {
  const { router } = await pair(callOf("extract"));
  const model = router().withStructuredOutput(Weather) as unknown as {
    first: { config: { ls_structured_output_format: unknown } };
  };
  expect(model.first.config.ls_structured_output_format).toMatchObject({
    kwargs: { method: "functionCalling" },
    schema: { type: "object", properties: { city: { type: "string" } } },
  });
});
