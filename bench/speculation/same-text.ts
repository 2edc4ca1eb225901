/**
 * Is greedy text the same, byte for byte, with a draft as without? By large alone, with small and with lookup as drafters, and
 * routed; on problems of the pair in words.
 *
 *     python models/write_problems.py words 300 --seed 71 > problems.jsonl
 *     npx tsx bench/speculation/same-text.ts problems.jsonl
 *     npx tsx bench/speculation/same-text.ts                      # the 200 of models/words-problems.json
 */
import { loadWays } from "./ways.js";
import { wordProblems } from "./word-models.js";

/** What each way's text is compared with. */
const SAME_AS: Readonly<Record<string, string>> = {
  "large + draft": "large",
  "large + lookup": "large",
  "routed + draft": "routed",
};

const [file] = process.argv.slice(2);
const problems = await wordProblems(undefined, file);
const ways = await loadWays();
const same = new Map(Object.keys(SAME_AS).map((name) => [name, 0]));
for (const { prompt } of problems) {
  const texts = new Map<string, string>();
  for (const way of ways) {
    if (way.name !== "small") texts.set(way.name, (await way.answer(prompt)).text);
  }
  for (const [name, other] of Object.entries(SAME_AS)) {
    const [text, expected] = [texts.get(name), texts.get(other)];
    if (text === expected) same.set(name, (same.get(name) ?? 0) + 1);
    else
      console.log(
        `${name} differs from ${other}:\n${prompt}\n--- ${other}\n${expected}\n--- ${name}\n${text}\n`,
      );
  }
}
for (const [name, count] of same)
  console.log(`${name}: ${count} of ${problems.length} the text of ${SAME_AS[name]}`);
process.exit([...same.values()].every((count) => count === problems.length) ? 0 : 1);
