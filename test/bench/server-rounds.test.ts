import { describe, expect, it } from "vitest";
import type { ServerArm, ServerReply } from "../../bench/speculation/servers/arms.js";
import { answerInRounds } from "../../bench/speculation/servers/rounds.js";
import {
  armsTable,
  expectationTable,
  textTargets,
} from "../../bench/speculation/servers/tables.js";

const PROBLEMS = Array.from({ length: 50 }, (_, answer) => ({
  prompt: `problem ${answer}`,
  answer,
}));

/** A reply as far as the tables look at it. */
function replyOf(text: string, ms: number, drafted: number, accepted: number): ServerReply {
  const usage = { input: 0, cached: null, discarded: 0, estimated: false };
  return {
    text,
    routes: [],
    ms,
    requests: { small: 0, large: 1 },
    usage: { small: { ...usage, output: 40 }, large: { ...usage, output: 40 } },
    speculation: drafted === 0 ? null : { drafted, accepted },
  } as Partial<ServerReply> as ServerReply;
}

interface Faked {
  readonly ms: number;
  readonly drafts?: readonly [number, number];
  readonly differsAt?: string;
  readonly sameAs?: string;
}

function fakeArm(
  name: string,
  { ms, drafts = [0, 0], differsAt, sameAs }: Faked,
  asked: string[] = [],
) {
  let running = 0;
  const arm = {
    name,
    ...(sameAs === undefined ? {} : { sameAs }),
    mostAtOnce: 0,
    async answer(prompt: string) {
      asked.push(`${name}: ${prompt}`);
      running++;
      arm.mostAtOnce = Math.max(arm.mostAtOnce, running);
      await Promise.resolve();
      running--;
      const answer = prompt.replace("problem ", "");
      const text = prompt === differsAt ? "another" : `\\boxed{${answer}}`;
      return replyOf(text, ms, ...drafts);
    },
  };
  return arm satisfies ServerArm;
}

describe("arms on servers, in rounds", () => {
  it("all arms answer a round's problems before the next round, and take turns in being the first", async () => {
    const asked: string[] = [];
    const arms = [fakeArm("a", { ms: 1 }, asked), fakeArm("b", { ms: 1 }, asked)];
    const rounds = await answerInRounds(arms, PROBLEMS, { rounds: 2, atOnce: 1 });
    expect(asked.filter((_, index) => index % 4 === 0)).toEqual([
      "a: problem 0",
      "b: problem 0",
      "b: problem 4",
      "a: problem 4",
    ]);
    expect(rounds.get("a")?.map(({ replies }) => replies.length)).toEqual([4, 4]);
    expect(arms.map(({ mostAtOnce }) => mostAtOnce)).toEqual([1, 1]);
  });

  it("no more replies at once than asked for, and as many; each in its problem's place", async () => {
    const arm = fakeArm("a", { ms: 1 });
    const rounds = await answerInRounds([arm], PROBLEMS, { rounds: 2, atOnce: 32 });
    expect(arm.mostAtOnce).toBe(32);
    const texts = rounds.get("a")?.flatMap(({ replies }) => replies.map(({ text }) => text));
    // 64 places, 50 problems: they begin anew.
    expect(texts).toEqual(
      Array.from({ length: 64 }, (_, place) => `\\boxed{${place % PROBLEMS.length}}`),
    );
  });
});

describe("their tables", () => {
  const arms = [
    fakeArm("large", { ms: 100 }),
    fakeArm("large + draft", { ms: 50, drafts: [30, 24], sameAs: "large", differsAt: "problem 7" }),
    fakeArm("large + n-grams", { ms: 100, drafts: [10, 0], sameAs: "large" }),
    fakeArm("small", { ms: 25 }),
  ];
  const measure = async () => {
    const rounds = await answerInRounds(arms, PROBLEMS, { rounds: 10, atOnce: 1 });
    return { title: "fakes", atOnce: 1, rounds };
  };

  it("what is right, the same text, drafted and accepted; each round against large's", async () => {
    const { rows } = armsTable(await measure(), arms, PROBLEMS);
    expect(rows[1]?.slice(0, 9)).toEqual([
      ...["large + draft", "39 of 40", "39 of 40", "40.0", "1.0", "30.0", "0.800", "50"],
      "0.50 (0.50 to 0.50)",
    ]);
    expect(rows[0]?.[8]).toBe("1");
  });

  it("the expectation: a, n and c from what was measured, and what a judgement costs", async () => {
    const { rows } = expectationTable(await measure());
    // 16 judgements of 40 tokens: a = 24 / 30, n = 30 / 16, c = 25 / 100; 2.5 tokens each, in half the time.
    const [draft] = rows;
    expect(draft?.slice(0, 4)).toEqual(["draft", "0.800", "1.88", "0.25"]);
    expect(draft?.[5]).toBe("2.50");
    expect(draft?.slice(7)).toEqual(["0.50", (0.5 * 2.5 - (30 / 16) * 0.25).toFixed(2)]);
  });

  it("one text that differs is a promise that was not kept", async () => {
    const targets = textTargets(await measure(), arms);
    expect(targets.map(({ measured, met }) => [measured, met])).toEqual([
      ["39 of 40", false],
      ["40 of 40", true],
    ]);
  });
});
