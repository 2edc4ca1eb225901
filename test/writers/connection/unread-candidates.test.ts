import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RouteError } from "../../../src/core/route-error.js";
import { readLogprobs } from "../../../src/writers/completion/read-logprobs.js";
import { readEventJson } from "../../../src/writers/connection/unread-candidates.js";

interface Event {
  readonly choices: readonly { readonly text: string; readonly logprobs: unknown }[];
}

/** A text completion's event, its candidates by token text. */
const mapEvent = (tokens: readonly (readonly string[])[], blank = "") =>
  JSON.stringify({
    choices: [
      {
        text: tokens.map(([token]) => token).join(""),
        logprobs: {
          tokens: tokens.map(([token]) => token),
          token_logprobs: tokens.map(() => -1),
          top_logprobs: tokens.map((candidates) =>
            Object.fromEntries(candidates.map((token, index) => [token, -1 - index])),
          ),
        },
        finish_reason: null,
      },
    ],
    usage: { prompt_tokens: 1 },
  }).replaceAll('":', `":${blank}`);

/** An event with a list of candidates for each token, as of chat completions and llama.cpp. */
const listEvent = (tokens: readonly (readonly string[])[]) =>
  JSON.stringify({
    choices: [
      {
        text: "",
        logprobs: {
          content: tokens.map((candidates) => ({
            token: candidates[0],
            logprob: -1,
            bytes: [1],
            top_logprobs: candidates.map((token) => ({ token, logprob: -1, bytes: [97] })),
          })),
        },
      },
    ],
  });

function tokensIn(event: unknown) {
  const { choices } = event as Event;
  // k = 1: whether candidates are missing is no matter here.
  return readLogprobs(choices[0]?.logprobs, 1, event).map(({ token, top }) => ({ token, top }));
}

/** Broken JSON is no matter here: how long it takes is. */
function candidatesOfNobody(json: string): void {
  try {
    readEventJson(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}

describe("events whose candidates are read when somebody looks", () => {
  it("F17: leave candidates that no glimpse looks at unread, which took most of a stream's time", () => {
    const json = mapEvent([["a", "b"]]).replace('{"a":-1,"b":-2}', '{"a":NaN}');
    const event = readEventJson(json) as Event;
    expect(event.choices[0]?.text).toBe("a");
    const [token] = readLogprobs(event.choices[0]?.logprobs, 2, event);
    expect(token).toMatchObject({ token: "a", logprob: -1 });
    expect(() => token?.top).toThrow(RouteError);
    expect(() => token?.top).toThrow("are no JSON");
  });

  it.each([
    ["a map", mapEvent([["a", "b"]])],
    ["maps of several tokens", mapEvent([["a", "b"], ["c"]])],
    ["a list", listEvent([["a", "b"]])],
    ["lists of several tokens", listEvent([["a", "b"], ["c"]])],
    ["blanks behind colons", mapEvent([["a", "b"]], " ")],
    ["no candidates", listEvent([[]])],
    ["an end inside a token's text", mapEvent([["a", '}]},"x":[{'], ["}]"]])],
    ["the key inside a token's text", mapEvent([['"top_logprobs":[{', "\\"]])],
    ["no candidates for the last token", mapEvent([["a"], ["b"]]).replace('{"b":-1}', "null")],
    ["none asked for", '{"choices":[{"text":"a","logprobs":{"content":null}}]}'],
  ])("have the same tokens as when all is read: %s", (_name, json) => {
    expect(tokensIn(readEventJson(json))).toEqual(tokensIn(JSON.parse(json)));
  });

  it("have the same tokens whatever the tokens' texts are", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 4 }),
      fc
        .array(fc.constantFrom('"', "\\", "}", "]", "[", "{", ",", ":", "top_logprobs", "a"))
        .map((parts) => parts.join("")),
    );
    const tokens = fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(tokens, (given) => {
        for (const json of [mapEvent(given), mapEvent(given, " "), listEvent(given)]) {
          const event = readEventJson(json) as Event;
          const whole = JSON.parse(json) as Event;
          expect(event.choices[0]?.text).toBe(whole.choices[0]?.text);
          expect(tokensIn(event)).toEqual(tokensIn(whole));
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["keys without candidates", '{"top_logprobs":null},', "0]"],
    ["candidates without an end", '{"top_logprobs":[{},', ""],
    ["keys alone", '"top_logprobs":', ""],
  ])("F15: are looked for in linear time: %s", (_name, piece, rest) => {
    const json = `[${piece.repeat(Math.ceil(200_000 / piece.length))}${rest}`;
    // Time of the CPU, which other programs of the machine do not take.
    const start = process.cpuUsage();
    expect(() => candidatesOfNobody(json)).not.toThrow();
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(100);
  });

  it("still refuse what is no JSON", () => {
    expect(() => readEventJson('{"choices":[{"top_logprobs":[{"a":1}]')).toThrow(SyntaxError);
    expect(() => readEventJson("oops")).toThrow(SyntaxError);
  });
});
