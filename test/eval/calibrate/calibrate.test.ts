import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HumanMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import { calibrate } from "../../../src/eval/calibrate/calibrate.js";
import type { CalibrateOptions } from "../../../src/eval/calibrate/calibrate-options.js";
import { DataError } from "../../../src/eval/problems/data-error.js";
import { GlimpRouterChatModel, routingOf } from "../../../src/index.js";
import { readCalibration } from "../../../src/langchain/calibration/read-calibration.js";
import {
  INDEPENDENT,
  PERFECT,
  STEP_ONLY,
  type ToyPair,
  toyChecker,
  toyPair,
  toyProblems,
} from "./toy-pair.js";

const MENU = ["stepStart", "stepEnd:meanEntropy"];

function optionsOf(toy: ToyPair, more: Partial<CalibrateOptions> = {}): CalibrateOptions {
  return {
    ...toyPair(toy),
    problems: toyProblems(60),
    checker: toyChecker,
    menu: MENU,
    target: { steps: 0.2 },
    ...more,
  };
}

const folders: string[] = [];
async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "calibrate-"));
  folders.push(path);
  return path;
}

afterEach(async () => {
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true, force: true })));
});

describe("calibrate", () => {
  it("chooses a perfect signal, and shows that it gains", async () => {
    const options = optionsOf(PERFECT);
    const calibration = await calibrate(options);
    expect(calibration.verdict).toMatchObject({ says: "gains" });
    expect(calibration.verdict.lo).toBeGreaterThan(0);
    expect(["stepStart", "stepEnd:meanEntropy"]).toContain(calibration.point);
    expect(calibration).toMatchObject({
      direction: "above",
      verify: null,
      k: 20,
      delimiter: "\n\n",
    });
    const of = (name: string) => calibration.signals.find((each) => each.name === name);
    expect(of("stepStart")?.gain?.lo).toBeGreaterThan(0.2);
    expect(of("stepStart")?.gain?.value).toBeGreaterThan(of("stepNumber")?.gain?.value ?? 1);
    expect(of("stepNumber")?.dummy).toBe(true);
    expect(calibration.verdict.words).toContain("Gains: +");
    expect(calibration.verdict.words).toContain("It hands over by stepStart (+");
    // 70 % of the problems have one bad step of four: .175 of the steps are worth a hand-over.
    expect(calibration.attained.heldOut.value).toBeGreaterThan(0.1);
    expect(calibration.attained.heldOut.value).toBeLessThan(0.3);
    const { lo, value, hi } = calibration.attained.rate;
    expect(lo).toBeLessThan(value);
    expect(hi).toBeGreaterThan(value);

    const read = readCalibration(JSON.parse(JSON.stringify(calibration)), "it");
    expect(read).toEqual(calibration);
    const { small, large } = options;
    const router = new GlimpRouterChatModel({ small, large, threshold: read });
    const bad = toyProblems(60).find(({ id }) => PERFECT.isBad(id, 3))?.id ?? "";
    const message = await router.invoke([new HumanMessage(bad)]);
    expect(message.text).toBe("right");
    expect(routingOf(message)?.steps[2]?.route).toBe("large");
  });

  it("of another pair is refused by its canaries", async () => {
    const calibration = await calibrate(optionsOf(PERFECT));
    const other = toyPair({ ...PERFECT, entropy: () => 1.9 });
    const router = new GlimpRouterChatModel({ ...other, threshold: calibration });
    await expect(router.invoke("1")).rejects.toMatchObject({
      reason: "invalid_option",
      role: "small",
    });
  });

  it("names the dummy where only the step's number matters", async () => {
    const calibration = await calibrate(optionsOf(STEP_ONLY, { target: { steps: 0.25 } }));
    expect(calibration.verdict.words).toContain("No signal beats the dummy stepNumber (+");
    const gains = Object.fromEntries(
      calibration.signals.map(({ name, gain }) => [name, gain?.value ?? 0]),
    );
    expect(gains.stepNumber).toBeGreaterThan(0.3);
    expect(gains.stepStart).toBeLessThan(0.2);
  });

  it("shows no gain where the signal is independent of the errors, whatever the seed", async () => {
    const says: string[] = [];
    for (let seed = 0; seed < 8; seed++) {
      const problems = toyProblems(40, `seed ${seed}, `);
      const options = optionsOf(INDEPENDENT, { problems, seed, target: { steps: 0.25 } });
      says.push((await calibrate(options)).verdict.says);
    }
    // Over 200 seeds and 60 problems: docs/calibrate.md.
    expect(says.filter((each) => each.startsWith("gains"))).toEqual([]);
  });

  it("attains other targets: large's tokens, and cost", async () => {
    for (const target of [{ largeTokens: 0.2 }, { cost: 0.3 }] as const) {
      const toy = { ...PERFECT, entropy: STEP_ONLY.entropy };
      const { attained } = await calibrate(optionsOf(toy, { target, menu: ["stepStart"] }));
      const [wanted] = Object.values(target);
      expect(attained.fit).toBeGreaterThan(0.7 * Number(wanted));
      expect(attained.fit).toBeLessThan(1.3 * Number(wanted));
      expect(attained.heldOut.lo).toBeLessThanOrEqual(Number(wanted) * 1.1);
      expect(attained.heldOut.hi).toBeGreaterThanOrEqual(Number(wanted) * 0.9);
    }
  });

  it("tells a threshold and no gain where nothing is checked", async () => {
    const { checker: _checker, ...options } = optionsOf(PERFECT);
    const calibration = await calibrate({ ...options, label: "numbers" });
    expect(calibration.verdict).toMatchObject({ says: "not asked", difference: null });
    expect(calibration.verdict.words).toContain("Nothing was checked");
    expect(calibration.signals.every(({ gain }) => gain === null)).toBe(true);
  });

  it("labels steps by a function of both versions, and tells AUROCs", async () => {
    const label = (small: string, large: string) => small.includes("bad") !== large.includes("bad");
    const { signals } = await calibrate(optionsOf(PERFECT, { label }));
    const start = signals.find(({ name }) => name === "stepStart");
    expect(start?.auroc?.value).toBe(1);
    expect(start?.within?.value).toBe(1);
    expect(start?.p).toBeLessThan(0.01);
    expect(start?.positives).toBeGreaterThan(3);
    expect(start?.n).toBeGreaterThan(start?.positives ?? 0);
  });

  it("labels neutral steps by how large goes on from both versions", async () => {
    const { signals } = await calibrate(optionsOf(PERFECT, { label: "neutral" }));
    const start = signals.find(({ name }) => name === "stepStart");
    expect(start?.auroc?.value).toBe(1);
    expect(start?.positives).toBeGreaterThan(3);
  });
});

describe("branches", () => {
  it("answer one step of each problem both ways, and narrow what is known of a gain", async () => {
    const work = await folder();
    const menu = { menu: ["stepStart"], work };
    const without = await calibrate(optionsOf(PERFECT, { ...menu, branches: 0 }));
    let added = 0;
    const more = { ...menu, onProgress: () => void added++ };
    const calibration = await calibrate(optionsOf(PERFECT, more));
    // The same folder: two replies to each of the 30 problems to choose on are new, if tau stays what it was.
    expect(calibration.threshold).toBe(without.threshold);
    expect(added).toBe(60);
    expect(without.branches).toBeNull();
    const { n, better, worse } = calibration.branches ?? { n: 0, better: 0, worse: 0 };
    expect(n).toBe(30);
    // One step of four is bad in seven problems of ten; large makes no mistakes.
    expect(better).toBeGreaterThan(1);
    expect(better).toBeLessThan(15);
    expect(worse).toBe(0);
    const told = [without, calibration].map(({ signals }) => signals[0]);
    const [alone, both] = told.map((signal) => (signal?.gain?.hi ?? 0) - (signal?.gain?.lo ?? 0));
    expect(both).toBeLessThan(alone ?? 0);
    expect(told[0]?.fromBranches).toBe(0);
    expect(told[1]?.fromBranches).toBeGreaterThan(0.05);
    expect(told[1]?.fromBranches).toBeLessThan(0.95);
  });

  it("are not asked for where the models are sampled, and refused there", async () => {
    const { small, large } = toyPair(PERFECT);
    const sampled = Object.assign(Object.create(large), { temperature: 0.6 });
    const options = { ...optionsOf(PERFECT), small, large: sampled, problems: toyProblems(8) };
    expect((await calibrate(options)).branches).toBeNull();
    await expect(calibrate({ ...options, branches: 1 })).rejects.toThrow(
      /Option `branches` of calibrate cannot be 1\. Two replies of models that are sampled/,
    );
  });
});

describe("the work folder", () => {
  const settled = ({ id: _id, made: _made, ...rest }: Awaited<ReturnType<typeof calibrate>>) =>
    rest;

  it("loses no reply of a run that was broken off, and comes to the same end", async () => {
    const whole = await calibrate(optionsOf(PERFECT));
    const work = await folder();
    const left = new AbortController();
    let kept = 0;
    const broken = calibrate(
      optionsOf(PERFECT, {
        work,
        signal: left.signal,
        onProgress: () => {
          if (++kept === 150) left.abort(new Error("Ctrl-C"));
        },
      }),
    );
    await expect(broken).rejects.toThrow("Ctrl-C");
    const file = join(work, "replies.jsonl");
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n").length;
    expect(lines).toBeGreaterThanOrEqual(150);
    await appendFile(file, '{"key":"alone small 1","val');
    const seen: number[] = [];
    const resumed = await calibrate(
      optionsOf(PERFECT, { work, onProgress: ({ done }) => seen.push(done) }),
    );
    expect(settled(resumed)).toEqual(settled(whole));
    expect(seen[0]).toBe(lines + 1);
    expect(seen.at(-1)).toBe(540);
    // Once more: nothing is asked at all.
    const again = await calibrate(
      optionsOf(PERFECT, { work, onProgress: () => expect.fail("asked") }),
    );
    expect(settled(again)).toEqual(settled(whole));
  });

  it("holds no reply that failed: where a server is gone, it ends, and goes on when it is back", async () => {
    const whole = await calibrate(optionsOf(PERFECT));
    const work = await folder();
    const pair = toyPair(PERFECT);
    pair.large.left = 100;
    const told: number[] = [];
    const onProgress = ({ done }: { readonly done: number }) => void told.push(done);
    const options = optionsOf(PERFECT, { ...pair, work, onProgress, concurrency: 1 });
    await expect(calibrate(options)).rejects.toThrow(
      /5 replies in a row failed alike.*The server is gone/,
    );
    const kept = (await readFile(join(work, "replies.jsonl"), "utf8")).trimEnd().split("\n");
    expect(kept.length).toBeGreaterThan(50);
    // What is told to be kept is: one that failed is not.
    expect(told.at(-1)).toBe(kept.length);
    expect(kept.some((line) => line.includes('"error"'))).toBe(false);
    pair.large.left = Number.POSITIVE_INFINITY;
    expect(settled(await calibrate(options))).toEqual(settled(whole));
  });

  it("of another calibration is refused, with what differs", async () => {
    const work = await folder();
    const few = { problems: toyProblems(16), menu: ["stepStart"], work };
    await calibrate(optionsOf(PERFECT, few));
    const other = calibrate(optionsOf(PERFECT, { ...few, seed: 7 }));
    await expect(other).rejects.toBeInstanceOf(DataError);
    await expect(other).rejects.toThrow(/seed.*another calibration: there it is 0, now 7/s);
    const shorter = calibrate(optionsOf(PERFECT, { ...few, router: { maxAnswerTokens: 9 } }));
    await expect(shorter).rejects.toThrow(/limits.*"maxAnswerTokens":2048.*"maxAnswerTokens":9/s);
  });
});

describe("bad input", () => {
  it.each<[string, Partial<CalibrateOptions>, RegExp]>([
    [
      "too few problems",
      { problems: toyProblems(7) },
      /7 problems in 7 clusters.*8 clusters or more/,
    ],
    [
      "two with one id",
      { problems: [...toyProblems(9), ...toyProblems(1)] },
      /Two problems have the id "0"/,
    ],
    [
      "an unknown signal",
      { menu: ["stepstart"] },
      /The menu has "stepstart".*Did you mean "stepStart"/,
    ],
    [
      "an unknown judge",
      { menu: ["verify:me"] },
      /There are: verify:score, verify:self, verify:likelihood/,
    ],
    [
      "a judge that large cannot be",
      { menu: ["verify:likelihood"] },
      /cannot tell how likely a given text is/,
    ],
    ["two targets", { target: { steps: 0.2, cost: 0.3 } as never }, /`target` must be/],
    ["a target that is all", { target: { steps: 1 } }, /a share between 0 and 1/],
    [
      "gain without a checker",
      { checker: undefined, label: "gain" },
      /give a `checker`, or another label/,
    ],
    [
      "an unknown label",
      { label: "luck" as never },
      /Option `label` of calibrate cannot be "luck"/,
    ],
    ["half a branch", { branches: 0.5 }, /Option `branches` of calibrate cannot be 0.5/],
    ["branches with a label", { branches: 1, label: "numbers" }, /take the label "gain"/],
    ["no draws", { draws: 0 }, /Option `draws` of calibrate cannot be 0/],
    [
      "a threshold",
      { router: { threshold: 1 } },
      /Option `router.threshold` of calibrate cannot be 1/,
    ],
    ["a misspelt option", { tarket: "gain" } as never, /Did you mean `target`/],
    ["an unknown checker", { checker: "nubmer" as never }, /`checker` must be/],
  ])("%s is refused before anything is asked", async (_what, wrong, message) => {
    const options = optionsOf(PERFECT, wrong);
    await expect(calibrate(options)).rejects.toThrow(message);
    const { small, large } = options as unknown as ReturnType<typeof toyPair>;
    expect(small.asked + large.asked).toBe(0);
  });

  it("a checker that throws ends it, named with its problem", async () => {
    const checker = ({ text }: { readonly text: string }, { id }: { readonly id: string }) => {
      if (id === "5") throw new Error("no such luck");
      return text === "right";
    };
    await expect(calibrate(optionsOf(PERFECT, { checker }))).rejects.toThrow(
      /failed at problem "5": no such luck/,
    );
  });

  it("tells beforehand what it costs and what it can see", async () => {
    const plans: unknown[] = [];
    let kept = 0;
    const options = {
      onPlan: (plan: unknown) => void plans.push(plan),
      onProgress: () => void kept++,
    };
    await calibrate(optionsOf(PERFECT, options));
    // 120 alone, 4 x 30 by chance, 2 x 30 branches, 2 x 30 for tau, 6 x 30 held out: 540, of which 3 were answered for the plan.
    expect(plans).toMatchObject([
      { problems: 60, clusters: 60, fit: 30, heldOut: 30, replies: 537 },
    ]);
    const [{ requests, detectable }] = plans as [{ requests: number; detectable: number }];
    expect(detectable).toBeCloseTo(2.8016 * Math.sqrt(0.2 / 30), 4);
    // One for each model alone, two to eight for a routed reply.
    expect(requests).toBeGreaterThan(120 + 2 * 410);
    expect(requests).toBeLessThan(120 + 8 * 420);
    expect(kept).toBe(540);
  });
});
