import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { UntaggedThought } from "../../../src/writers/ask/untagged-thought.js";
import { chatOpenAI, fakeVllm } from "../vllm/vllm-setup.js";
import { ScriptedChatModel } from "./scripted-chat-model.js";

const CLOSE = "</think>";
const OWN = "my own thought\n</think>\n\n";

function readAll(pieces: readonly string[], model: object = {}): string[] {
  const untagged = new UntaggedThought(CLOSE, model);
  return [...pieces.flatMap((piece) => untagged.read(piece)), ...untagged.end(true)];
}

describe("a thought of a prompted model's own that has no opening tag", () => {
  it.each([
    ["in one piece", [`${OWN}TEXT`]],
    ["in pieces", ["my own ", "thought\n</th", "ink>", "\n", "\nTE", "XT"]],
    ["character by character", Array.from(`${OWN}TEXT`)],
  ])("T7: is no part of the answer, %s", async (_name, pieces) => {
    expect(readAll(pieces).join("")).toBe("TEXT");
    const replies = [["No: 2 and 2 are 4."], pieces];
    const router = async () => {
      const small = chatOpenAI(await fakeVllm());
      return new GlimpRouterChatModel({ small, large: new ScriptedChatModel(replies) });
    };
    expect((await (await router()).invoke("2+2?")).text).toBe("TEXT");
    let streamed = "";
    for await (const { text } of await (await router()).stream("2+2?")) streamed += text;
    expect(streamed).toBe("TEXT");
  });

  it("leaves the indentation of the answer's first line", () => {
    expect(readAll([`${OWN}    c = b * 2`])).toEqual(["    c = b * 2"]);
  });

  it("is awaited to the end of a model's first answer; then answers come as they are written", () => {
    const model = {};
    const first = new UntaggedThought(CLOSE, model);
    expect(first.read("It ")).toEqual([]);
    expect(first.read("is 4.")).toEqual([]);
    expect(first.end(true)).toEqual(["It ", "is 4."]);
    expect(new UntaggedThought(CLOSE, model).read("It ")).toEqual(["It "]);
  });

  it("is still awaited from a model that wrote one, or whose answer was cut", () => {
    const model = {};
    expect(readAll([`${OWN}4`], model)).toEqual(["4"]);
    expect(readAll([`${OWN}4`], model)).toEqual(["4"]);
    const cut = new UntaggedThought(CLOSE, model);
    cut.read("my own");
    expect(cut.end(false)).toEqual(["my own"]);
    expect(new UntaggedThought(CLOSE, model).read("my own")).toEqual([]);
  });

  it("is not awaited in JSON, nor from those whose provider keeps thoughts apart", () => {
    expect(new UntaggedThought(CLOSE, {}).read('{"right":')).toEqual(['{"right":']);
    const claude = { _llmType: () => "anthropic" };
    expect(new UntaggedThought(CLOSE, claude).read("It ")).toEqual(["It "]);
  });
});
