import { scriptedThought } from "../servers/script/scripted-model.js";

/** What the examples' own question is answered with: three steps, the second one hard. */
export const PRIMES_MODEL = scriptedThought({
  steps: [
    { text: "Count the primes below 100.", entropy: 0.1 },
    { text: "Wait, 1 is no prime.", entropy: 2 },
    { text: "So there are 25.", entropy: 0.2 },
  ],
  answer: "There are 25 primes below 100.",
});
