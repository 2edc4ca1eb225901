import type { ScriptedModel, ScriptedToken } from "./scripted-model.js";
import { spreadLogprobs } from "./spread-logprobs.js";

type Retokenise = (tokens: readonly ScriptedToken[]) => readonly ScriptedToken[];

const LIKELY = 0.05;

/** The same text in other tokens, as real vocabularies have them. */
export function inTokens(model: ScriptedModel, retokenise: Retokenise): ScriptedModel {
  return (prompt) => retokenise(model(prompt));
}

/** `"2.\n\n"` is one token. */
export const gluedBefore: Retokenise = (tokens) =>
  merged(tokens, (_token, next) => next.text === "\n\n", "first");

/** `"\n\nWait,"` is one token: the glimpse sits inside it, and the uncertainty is the word's. */
export const gluedBehind: Retokenise = (tokens) =>
  merged(tokens, (token, next) => token.text === "\n\n" && /^\w/.test(next.text), "second");

/** A line feed is a token. */
export const splitDelimiter: Retokenise = (tokens) =>
  tokens.flatMap((token) => (token.text === "\n\n" ? [plain("\n"), plain("\n")] : [token]));

/** The closing tag is no token of its own. */
export const splitTag: Retokenise = (tokens) =>
  tokens.flatMap((token) =>
    token.text === "</think>" ? [{ ...token, text: "</th" }, plain("ink>")] : [token],
  );

/** A picture is three byte tokens: the first two are listed without a text. */
export const byteTokens: Retokenise = (tokens) =>
  tokens.flatMap((token) =>
    token.text.includes("👍")
      ? [{ ...token, text: "", listed: "" }, { ...plain(""), listed: "" }, plain(token.text)]
      : [token],
  );

/** A word and its leading blank are two tokens, and a step begins with a blank that is one. */
export const blanks: Retokenise = (tokens) =>
  tokens.flatMap((token, index) => {
    if (tokens[index - 1]?.text === "\n\n" && /^\w/.test(token.text)) return [plain(" "), token];
    return /^ \S/.test(token.text) ? [plain(" "), plain(token.text.slice(1))] : [token];
  });

function plain(text: string): ScriptedToken {
  return { text, top: spreadLogprobs(text, LIKELY) };
}

/** Makes one token of two; its candidates are as uncertain as those of the first or the second. */
function merged(
  tokens: readonly ScriptedToken[],
  belong: (token: ScriptedToken, next: ScriptedToken) => boolean,
  uncertainty: "first" | "second",
): readonly ScriptedToken[] {
  const result: ScriptedToken[] = [];
  for (const token of tokens) {
    const before = result.at(-1);
    if (before === undefined || !belong(before, token)) {
      result.push(token);
      continue;
    }
    const text = before.text + token.text;
    const { top } = uncertainty === "first" ? before : token;
    const renamed = top.map(
      ([name, logprob], index) => [index === 0 ? text : `${name}~`, logprob] as const,
    );
    result.splice(-1, 1, { text, top: renamed });
  }
  return result;
}
