import { beforeAll, describe, expect, it } from "vitest";
import { recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { askInProcess, expectSame, type Reference } from "./in-process.js";
import { chatOpenAI, LIMIT_MS, useLlamaPair } from "./llama-pair.js";
import { problems } from "./problems.js";

describe("two llama-servers, against the in-process engine", () => {
  const { servers, router } = useLlamaPair();
  let reference: Reference;

  beforeAll(async () => {
    reference = await askInProcess(problems());
  }, LIMIT_MS);

  it.each(["fused", "probe"] as const)(
    "one chain at a time: %s",
    async (glimpse) => {
      const began = performance.now();
      const replies = await runChains(router({ glimpse }), reference.problems);
      const ms = performance.now() - began;
      expectSame(`own template, ${glimpse}`, reference, replies);
      const records = replies.map(recordOf);
      for (const { continuation, steps, requests } of records) {
        expect(continuation).toEqual({ small: "llamacpp", large: "llamacpp" });
        const byLarge = steps.filter(({ route }) => route === "large").length;
        const most = glimpse === "fused" ? 2 * byLarge + 2 : 2 * steps.length + 2;
        expect(requests.small + requests.large).toBeLessThanOrEqual(most);
      }
      const sum = (value: (record: (typeof records)[number]) => number) =>
        records.reduce((total, record) => total + value(record), 0);
      const large = ({ steps }: (typeof records)[number]) =>
        steps.filter(({ route }) => route === "large").length;
      report(`own template, ${glimpse}`, {
        "steps, by large": [sum(({ steps }) => steps.length), sum(large)],
        requests: sum(({ requests }) => requests.small + requests.large),
        "ms in all": Math.round(ms),
        "right answers": replies.filter(
          ({ text }, index) => text.match(/-?\d+/g)?.at(-1) === String(answerTo(index)),
        ).length,
      });
    },
    LIMIT_MS,
  );

  const answerTo = (index: number) => reference.problems[index]?.answer;

  it.each(["fused", "probe"] as const)(
    "16 chains at once: %s",
    async (glimpse) => {
      const replies = await runChains(router({ glimpse }), reference.problems, 16);
      expectSame(`16 at once on one slot, ${glimpse}`, reference, replies);
    },
    LIMIT_MS,
  );

  it("the large model alone gives an answer, too: it is the same server", async () => {
    const { text } = await chatOpenAI(servers().large, { maxTokens: 200 }).invoke("59, +10, %6");
    expect(text).toMatch(/3/);
  });
});

describe("two llama-servers with four slots", () => {
  const { router } = useLlamaPair("-np", "4", "-c", "2048");

  it(
    "16 chains at once are those of the in-process engine",
    async () => {
      const reference = await askInProcess(problems());
      const replies = await runChains(router(), reference.problems, 16);
      expectSame("16 at once on four slots, fused", reference, replies);
    },
    LIMIT_MS,
  );
});
