import { ToolCallParser, type ToolCallPart } from "../script/tool-call-parser.js";

type Chunk = Record<string, unknown>;
interface Choice {
  readonly delta?: { readonly content?: string };
  readonly message?: { readonly content?: string };
  readonly finish_reason?: string | null;
}

/** A piece of a call, as vLLM streams it. */
export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: "function";
  readonly function: { readonly name?: string; readonly arguments: string };
}

/** vLLM's form of parsed calls: `delta.tool_calls`, id and name first, then the arguments in slices. */
export class ToolCallDeltas {
  readonly #parser = new ToolCallParser();
  readonly #form: (delta: ToolCallDelta) => object;

  /** @param form - the server's own form of a piece */
  constructor(form: (delta: ToolCallDelta) => object = (delta) => delta) {
    this.#form = form;
  }

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
      ...(parts.length === 0 ? {} : { tool_calls: parts.map((part) => this.#form(toDelta(part))) }),
    };
    const reason = finish === "stop" && this.#parser.found ? "tool_calls" : finish;
    return { ...chunk, choices: [{ ...choice, [field]: reshaped, finish_reason: reason }] };
  }
}

function toDelta(part: ToolCallPart): ToolCallDelta {
  const { index } = part;
  if ("slice" in part) return { index, function: { arguments: part.slice } };
  const id = `chatcmpl-tool-${part.id}`;
  return { index, id, type: "function", function: { name: part.name, arguments: "" } };
}
