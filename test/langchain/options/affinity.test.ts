import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { ScriptedChatModel } from "../scripted-pair.js";

const PAIR = { small: new ScriptedChatModel(), large: new ScriptedChatModel() };

function messageOf(affinity: unknown): string {
  try {
    new GlimpRouterChatModel({ ...PAIR, affinity: affinity as never });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("the option `affinity`", () => {
  it.each<[string, unknown, string]>([
    ["a bare name", "x-session-id", '`affinity` of GlimpRouterChatModel cannot be "x-session-id"'],
    ["no header", {}, "`affinity.header` of GlimpRouterChatModel cannot be undefined"],
    ["an empty header", { header: "" }, '`affinity.header` of GlimpRouterChatModel cannot be ""'],
    ["no name of a header", { header: "a: b" }, 'cannot be "a: b". Give { header }'],
    ["the key's own header", { header: "Authorization" }, 'cannot be "Authorization"'],
    [
      "a key that is a text",
      { header: "x-a", key: "b" },
      '`affinity.key` of GlimpRouterChatModel cannot be "b"',
    ],
    [
      "a misspelt field",
      { header: "x-a", keys: () => "" },
      "`affinity.keys` of GlimpRouterChatModel is not known. Did you mean `key`?",
    ],
  ])("refuses %s", (_name, given, words) => {
    expect(messageOf(given)).toContain(words);
  });

  it("is no part of a cache's key, and of no trace", () => {
    const keyOf = (fields: object) =>
      new GlimpRouterChatModel({ ...PAIR, ...fields })._getSerializedCacheKeyParametersForCall(
        {} as never,
      );
    const given = { affinity: { header: "x-session-id", key: () => "someone" } };
    expect(keyOf(given)).toBe(keyOf({}));
    expect(
      JSON.stringify(new GlimpRouterChatModel({ ...PAIR, ...given }).invocationParams()),
    ).not.toContain("session");
  });
});
