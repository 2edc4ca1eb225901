import { describe, expect, it } from "vitest";
import {
  type StreamedPiece,
  ToolCallParts,
} from "../../../src/writers/chat-answer/tool-call-parts.js";

/** The calls that pieces amount to, as `name(args)` with their ids. */
function callsOf(pieces: readonly StreamedPiece[], names: readonly string[] = []) {
  const parts = new ToolCallParts(names);
  const calls: { id?: string; name: string; args: string }[] = [];
  for (const piece of pieces) {
    const { index, id, name = "", args } = parts.read(piece);
    const call = calls[index] ?? { name: "", args: "" };
    calls[index] = call;
    if (id !== undefined) call.id = id;
    call.name += name;
    call.args += args;
  }
  return calls.map(({ id, name, args }) => `${id ?? "?"} ${name}(${args})`);
}

const ADD = { id: "c1", name: "add", args: "" };
const MULTIPLY = { id: "c2", name: "multiply", args: "" };
const TWO = ['c1 add({"a":1})', 'c2 multiply({"b":2})'];

it("F15: reads long arguments in linear time, though each of their pieces repeats the name", () => {
  const cpuOf = (pieces: number): number => {
    const parts = new ToolCallParts(["add"]);
    parts.read({ index: 0, name: "add", args: '{"code":"' });
    const begin = process.cpuUsage();
    for (let piece = 0; piece < pieces; piece++) {
      parts.read({ index: 0, name: "add", args: "xxxx" });
    }
    const { user, system } = process.cpuUsage(begin);
    expect(parts.read({ index: 0, name: "add", args: '"}' })).toMatchObject({ index: 0 });
    // A clock that ticks in milliseconds tells 0 of what is short.
    return Math.max(1_000, user + system);
  };
  const least = (pieces: number) => Math.min(...[0, 1, 2].map(() => cpuOf(pieces)));
  // Eight times as many pieces: 8 where it is linear, 64 where it is quadratic.
  expect(least(160_000) / least(20_000)).toBeLessThan(24);
});

describe("T5: two calls whose ids differ", () => {
  it.each([
    ["the same index", { index: 0 }],
    ["no index", {}],
    ["null as index", { index: null }],
  ])("are two with %s", (_what, where) => {
    const pieces = [
      { ...where, ...ADD },
      { ...where, args: '{"a"' },
      { ...where, args: ":1}" },
      { ...where, ...MULTIPLY, args: '{"b"' },
      { ...where, args: ":2}" },
    ];
    expect(callsOf(pieces)).toEqual(TWO);
  });

  it("are two where each piece says its id, in any order", () => {
    const pieces = [
      { index: 0, ...ADD, args: '{"a"' },
      { index: 0, ...MULTIPLY, args: '{"b"' },
      { index: 0, id: "c1", args: ":1}" },
      { index: 0, id: "c2", args: ":2}" },
    ];
    expect(callsOf(pieces)).toEqual(TWO);
  });

  it("are two of the same tool, too", () => {
    const pieces = [
      { index: 0, ...ADD, args: "{}" },
      { index: 0, ...ADD, id: "c2", args: "{}" },
    ];
    expect(callsOf(pieces)).toEqual(["c1 add({})", "c2 add({})"]);
  });

  it("are two where an id is used twice under two indices", () => {
    const pieces = [
      { index: 0, ...ADD, args: "{}" },
      { index: 1, ...MULTIPLY, id: "c1", args: "{}" },
    ];
    expect(callsOf(pieces)).toEqual(["c1 add({})", "c1 multiply({})"]);
  });
});

describe("calls with no id at all", () => {
  it("are told apart by their names", () => {
    const pieces = [
      { index: 0, name: "add", args: '{"a":1}' },
      { index: 0, name: "multiply", args: '{"b":2}' },
    ];
    expect(callsOf(pieces)).toEqual(['? add({"a":1})', '? multiply({"b":2})']);
  });

  it("and with one name by arguments that are whole", () => {
    const pieces = [
      { name: "add", args: '{"a":1}' },
      { name: "add", args: '{"a":2}' },
    ];
    expect(callsOf(pieces)).toEqual(['? add({"a":1})', '? add({"a":2})']);
  });

  it("and before any arguments by names that tools have", () => {
    const pieces = [
      { index: 0, name: "now", args: "" },
      { index: 0, name: "here", args: "" },
    ];
    expect(callsOf(pieces, ["now", "here"])).toEqual(["? now()", "? here()"]);
  });
});

describe("one call", () => {
  it.each([
    [["add"], 0],
    [[], 0],
    [["add"], undefined],
  ])("T6: has its name once, though each piece repeats it (tools %j, index %j)", (names, index) => {
    const pieces = [
      { index, id: "c1", name: "add", args: "" },
      { index, name: "add", args: '{"a"' },
      { index, name: "add", args: ":1}" },
      { index, name: "add", args: "" },
    ];
    expect(callsOf(pieces, names)).toEqual(['c1 add({"a":1})']);
    const withId = pieces.map((piece) => ({ ...piece, id: "c1" }));
    expect(callsOf(withId, names)).toEqual(['c1 add({"a":1})']);
  });

  it.each([
    [
      ["get_", "weather"],
      ["get_weather", "get_"],
    ],
    [
      ["get", "_wea", "ther"],
      ["get", "get_weather"],
    ],
    [["un", "known"], ["get_weather"]],
    [["un", "known"], []],
    [["do", "do"], ["dodo"]],
  ])("T6: has its name whole where it really comes in pieces: %j of %j", (spelt, names) => {
    const pieces = [
      ...spelt.map((name, at) => ({ index: 0, ...(at === 0 ? { id: "c1" } : {}), name, args: "" })),
      { index: 0, args: "{}" },
    ];
    expect(callsOf(pieces, names)).toEqual([`c1 ${spelt.join("")}({})`]);
  });

  it("may be given a new id with each piece: arguments alone begin no call", () => {
    const pieces = [
      { index: 0, ...ADD },
      { index: 0, id: "c7", args: '{"a"' },
      { index: 0, id: "c8", args: ":1}" },
    ];
    expect(callsOf(pieces)).toEqual(['c1 add({"a":1})']);
  });

  it("may have its id or its name late, and lose its index on the way", () => {
    const pieces = [
      { index: 0, name: "add", args: "" },
      { index: 0, id: "c1", args: '{"a"' },
      { args: ":1}" },
    ];
    expect(callsOf(pieces)).toEqual(['c1 add({"a":1})']);
    expect(
      callsOf([
        { index: 0, id: "c1" },
        { index: 0, name: "add", args: "{}" },
      ]),
    ).toEqual(["c1 add({})"]);
  });
});

it("calls that OpenAI would stream keep their order", () => {
  const pieces = [
    { index: 1, ...MULTIPLY },
    { index: 0, ...ADD },
    { index: 0, args: '{"a":1}' },
    { index: 1, args: '{"b":2}' },
  ];
  expect(callsOf(pieces)).toEqual([...TWO].reverse());
});
