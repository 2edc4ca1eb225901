import fc from "fast-check";
import type { Cuts, Plan, PlannedToken } from "./planned-models.js";

const WORDS = [
  "So",
  "it",
  "is",
  "Wait,",
  "1.",
  "🧮",
  "é",
  "∑",
  "x𝄞y",
  "<",
  "</",
  "a<b",
  "<think",
  "Hm",
];
const BLANKS = ["", "", "\n", " ", "\n\n", "\n \n", "  \n "];
const ENDINGS = ["</think>", "\n\n</think>", "\n</think>\n\nJunk", "</think> <b>", "", "\n\n"];

/** A step's words: no delimiter in it, no blanks around it. */
const body = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(" ", " ", "\n")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((words) =>
    words
      .map(([word, blank]) => word + blank)
      .join("")
      .trimEnd(),
  );

const step = fc.tuple(fc.constantFrom(...BLANKS), body).map(([lead, words]) => lead + words);

/** Around the threshold of the tests, 1 nat, and far from it. */
const entropy = fc.constantFrom(0.1, 0.5, 0.99, 1.01, 1.5, 2);

const tokens = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
  entropies: fc.array(entropy, { minLength: 1, maxLength: 12 }),
  bytes: fc.boolean(),
  named: fc.boolean(),
});

/** Cuts small's text into tokens anywhere: inside words, delimiters and tags, and over boundaries. */
function tokenize(text: string, how: typeof tokens extends fc.Arbitrary<infer T> ? T : never) {
  const characters = Array.from(text);
  const planned: PlannedToken[] = [];
  for (let at = 0; at < characters.length; ) {
    const size = how.sizes[planned.length % how.sizes.length] ?? 1;
    const piece = characters.slice(at, at + size).join("");
    const inBytes = how.bytes && size === 1 && (piece.codePointAt(0) ?? 0) > 0x7f;
    planned.push({
      text: piece,
      entropy: how.entropies[planned.length % how.entropies.length] ?? 0,
      bytes: inBytes ? Buffer.byteLength(piece) : 1,
      named: how.named,
    });
    at += size;
  }
  return planned;
}

/** Steps of both models, and how small's are made of tokens. */
export const plan: fc.Arbitrary<Plan> = fc
  .record({
    small: fc.array(step, { minLength: 1, maxLength: 5 }),
    large: fc.array(step, { minLength: 6, maxLength: 6 }),
    largeEnding: fc.constantFrom("</think>", ""),
    ending: fc.constantFrom(...ENDINGS),
    tag: fc.constantFrom("", "", "<think>"),
    tokens,
    eosEntropy: entropy,
  })
  .map(({ small, large, largeEnding, ending, tag, tokens, eosEntropy }) => {
    const starts = [tag.length];
    for (const [index, text] of small.entries()) {
      const last = index === small.length - 1;
      const length = text.length + (last && !ending.startsWith("\n\n") ? 0 : 2);
      if (!last || ending.startsWith("\n\n")) starts.push((starts[index] ?? 0) + length);
    }
    return {
      small: tokenize(tag + small.join("\n\n") + ending, tokens),
      starts,
      large: large.map((text, index) => {
        return index < small.length ? `${text}\n\n` : text + largeEnding;
      }),
      tag,
      eosEntropy,
    };
  });

/** Chunk sizes in tokens; some chunks are empty. */
export const cuts: fc.Arbitrary<Cuts> = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 })
  .filter((sizes) => sizes.some((size) => size > 0));
