import type { AnswerFields } from "../../prompt/thought-prompt.js";
import type { ToolCallPart } from "./tool-call-part.js";

/** A piece of a call, as a server or another chat model streams it. */
export interface StreamedPiece {
  readonly index?: number | null | undefined;
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly args?: string | null | undefined;
}

/** A call as far as it has come. */
interface BegunCall {
  readonly place: number;
  /** As the server counts. */
  readonly index: number | null;
  id: string | null;
  name: string;
  args: string;
  /** They end as an object does. */
  mayBeWhole: boolean;
}

/**
 * Tells which call each streamed piece belongs to, and what of it is new. OpenAI gives each call an index of
 * its own, and its id and name once. Servers that speak OpenAI's words do not all do so: calls may share one
 * index or have none, and a name may come with every piece. A call is begun by a name, never by arguments
 * alone; among pieces with a name, ids tell calls apart, and where there is none, the name itself.
 */
export class ToolCallParts {
  readonly #names: readonly string[];
  readonly #calls: BegunCall[] = [];

  /** @param names - of the tools that may be called: they settle where a name ends */
  constructor(names: readonly string[] = []) {
    this.#names = names;
  }

  read(piece: StreamedPiece): ToolCallPart {
    const call = this.#callOf(piece) ?? this.#begin(piece);
    const name = this.#addName(call, piece.name ?? "");
    const id = call.id === null && piece.id ? piece.id : null;
    const args = piece.args ?? "";
    call.id ??= id;
    call.args += args;
    if (args.trim() !== "") call.mayBeWhole = args.trimEnd().endsWith("}");
    return {
      type: "tool-call",
      index: call.place,
      ...(id === null ? {} : { id }),
      ...(name === "" ? {} : { name }),
      args,
    };
  }

  #begin({ index }: StreamedPiece): BegunCall {
    const place = this.#calls.length;
    const begun = { id: null, name: "", args: "", mayBeWhole: false };
    const call: BegunCall = { place, index: index ?? null, ...begun };
    this.#calls.push(call);
    return call;
  }

  #callOf(piece: StreamedPiece): BegunCall | null {
    const { index = null, id, name } = piece;
    const here = (call: BegunCall) => index === null || call.index === null || call.index === index;
    const same = id ? this.#last((call) => call.id === id && here(call)) : null;
    if (same !== null) return same;
    const open = this.#last((call) => index === null || call.index === index);
    if (open === null) return id || name ? null : this.#last(({ index }) => index === null);
    if (!name) return open;
    if (id && open.id !== null) return null;
    return this.#goesOn(open, name, piece.args ?? "") ? open : null;
  }

  #last(matches: (call: BegunCall) => boolean): BegunCall | null {
    return this.#calls.filter(matches).at(-1) ?? null;
  }

  /** May a piece with this name, and no id that says otherwise, be more of the call? */
  #goesOn(call: BegunCall, name: string, args: string): boolean {
    if (call.name === "") return true;
    if (name === call.name) return args === "" || !isWholeObject(call);
    return call.args === "" && !this.#isWhole(call.name, name);
  }

  /** What a piece adds to the call's name: nothing where it only says it again. */
  #addName(call: BegunCall, name: string): string {
    const isRepeated = name === call.name && this.#isWhole(call.name, name);
    if (call.name !== "" && (call.args !== "" || isRepeated)) return "";
    call.name += name;
    return name;
  }

  /** Does a name end before `more`? A tool's own name does; one that no tool has, where it is repeated. */
  #isWhole(name: string, more: string): boolean {
    const isTool = this.#names.includes(name);
    const goesOn = this.#names.some((known) => known.startsWith(name + more));
    return name === more ? isTool || !goesOn : isTool && !goesOn;
  }
}

/** Names of the tools that an answer may call. */
export function toolNames({ tools = [] }: AnswerFields): readonly string[] {
  return tools
    .map((tool) => (tool.function as { name?: unknown } | undefined)?.name)
    .filter((name) => typeof name === "string");
}

/** All of the arguments is read only where they may be whole: they grow by thousands of pieces. */
function isWholeObject({ args, mayBeWhole }: BegunCall): boolean {
  if (!mayBeWhole) return false;
  try {
    JSON.parse(args);
    return true;
  } catch {
    return false;
  }
}
