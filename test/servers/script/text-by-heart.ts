import { assistantPart, type ScriptedModel, type ScriptedToken } from "./scripted-model.js";
import { spreadLogprobs } from "./spread-logprobs.js";

/** Line breaks one by one, runs of blanks, words, and anything else by the character. */
const TOKENS = /\r|\n|[^\S\r\n]+|\w+|<\/?think>|[\s\S]/gu;

/** What a model writes that does not find the text so far in what it knows. */
const LOST = "(This is no text of mine.)";

/**
 * A model that knows one text by heart, its closing tag and answer included, and goes on with it from wherever a
 * beginning of it ends. Characters beyond ASCII are tokens of bytes; every third token is uncertain.
 */
export function textByHeart(whole: string): ScriptedModel {
  const known = new Map<string, readonly ScriptedToken[]>();
  const tokensAt = (text: string, isUncertain: boolean): readonly ScriptedToken[] => {
    const key = `${isUncertain} ${text}`;
    const tokens = known.get(key) ?? tokensOf(text, isUncertain ? 2 : 0.2);
    known.set(key, tokens);
    return tokens;
  };
  return (promptText) => {
    const begun = assistantPart(promptText).replace(/^<think>\n/, "");
    const rest = whole.startsWith(begun) ? whole.slice(begun.length) : LOST;
    const texts = rest.match(TOKENS) ?? [];
    let at = whole.length - rest.length;
    const tokens = texts.flatMap((text) => {
      at += text.length;
      return tokensAt(text, at % 3 === 0);
    });
    const eos = { text: "", listed: "</s>", top: spreadLogprobs("</s>", 0.05), eos: true };
    return [...tokens, eos];
  };
}

/** The bytes of a character are listed without a text, up to the last. */
function tokensOf(text: string, entropy: number): ScriptedToken[] {
  const isCharacter = Array.from(text).length === 1;
  const bytes = isCharacter ? new TextEncoder().encode(text).length : 1;
  const top = spreadLogprobs("", entropy);
  const first = Array.from({ length: bytes - 1 }, () => ({ text: "", listed: "", top }));
  return [...first, { text, top: spreadLogprobs(text, entropy) }];
}
