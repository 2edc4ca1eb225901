import type { ScriptedToken } from "../script/scripted-model.js";

/** A line of a generation: its text, and the tokens whose log-probabilities come with it. */
export interface OllamaPiece {
  readonly text: string;
  readonly tokens: readonly ScriptedToken[];
}

export interface OllamaEnd {
  readonly tokens: number;
  readonly reason: "stop" | "length";
  /** Text that was held back. */
  readonly rest: OllamaPiece | null;
}

/**
 * What the engines make of a script. EOS brings neither text nor log-probabilities; bytes of a character wait for
 * the last one, and so does what may begin a stop string. Its own runners list all tokens of such a text,
 * `llama-server` the last one alone.
 */
export function* generate(
  script: readonly ScriptedToken[],
  how: {
    readonly limit: number;
    readonly stop: readonly string[];
    readonly engine: "runner" | "llama-server";
  },
): Generator<OllamaPiece | OllamaEnd, void, void> {
  let held: { text: string; tokens: ScriptedToken[] } = { text: "", tokens: [] };
  const piece = (): OllamaPiece | null => {
    const { text, tokens } = held;
    held = { text: "", tokens: [] };
    if (text === "") return null;
    return { text, tokens: how.engine === "runner" ? tokens : tokens.slice(-1) };
  };
  for (const [index, token] of script.entries()) {
    const tokens = index + 1;
    if (token.eos === true) return yield { tokens, reason: "stop", rest: piece() };
    held.text += token.text;
    held.tokens.push(token);
    const found = how.stop.map((stop) => held.text.indexOf(stop)).find((at) => at !== -1);
    if (found !== undefined) {
      held.text = held.text.slice(0, found);
      return yield { tokens, reason: "stop", rest: piece() };
    }
    const waits = token.text === "" || how.stop.some((stop) => begins(held.text, stop));
    if (!waits) {
      const whole = piece();
      if (whole !== null) yield whole;
    }
    if (tokens >= how.limit) return yield { tokens, reason: "length", rest: piece() };
  }
  throw new Error("The script does not end in EOS.");
}

function begins(text: string, stop: string): boolean {
  for (let length = 1; length < stop.length; length++) {
    if (text.endsWith(stop.slice(0, length))) return true;
  }
  return false;
}
