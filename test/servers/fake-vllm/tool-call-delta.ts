import { ToolCallParser, type ToolCallPart } from "../script/tool-call-parser.js";

type Chunk = Record<string, unknown>;
interface Choice {
  readonly delta?: { readonly content?: string };
  readonly message?: { readonly content?: string };
  readonly finish_reason?: string | null;
}

/** vLLM's form of parsed calls: `delta.tool_calls`, id and name first, then the arguments in slices. */
export class ToolCallDeltas {
  readonly #parser = new ToolCallParser();

  /** The chunk as the parser lets it out. */
  reshape(chunk: Chunk): Chunk {
    const [choice] = chunk.choices as readonly Choice[];
    if (choice === undefined) return chunk;
    const field = choice.message === undefined ? "delta" : "message";
    const given = choice[field] ?? {};
    const finish = choice.finish_reason ?? null;
    const { content, parts } = this.#parser.read(given.content ?? "", finish !== null);
    const reshaped = {
      ...given,
      content: content === "" ? null : content,
      ...(parts.length === 0 ? {} : { tool_calls: parts.map(toDelta) }),
    };
    const reason = finish === "stop" && this.#parser.found ? "tool_calls" : finish;
    return { ...chunk, choices: [{ ...choice, [field]: reshaped, finish_reason: reason }] };
  }
}

function toDelta(part: ToolCallPart): object {
  const { index } = part;
  if ("slice" in part) return { index, function: { arguments: part.slice } };
  const id = `chatcmpl-tool-${index + 1}`;
  return { index, id, type: "function", function: { name: part.name, arguments: "" } };
}
