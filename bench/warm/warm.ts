import { type RatioInterval, ratioInterval } from "../against/ratio-interval.js";
import type { Bench } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { median } from "../statistics.js";
import { breakEvenTokens, timesAgainstOff, waitOf, warmRequests } from "./figures.js";
import { measureWays, WAYS, type WarmReplies, type Way } from "./measure-ways.js";
import { CPU, GPU_AFTER_30, GPU_AT_ONCE, SETTINGS, type WarmSetting } from "./settings.js";

interface Measured {
  readonly setting: WarmSetting;
  readonly replies: WarmReplies;
}

/** Servers that are kept up with the thought while the other model writes, against servers that are not. */
export const warm: Bench = {
  name: "warm",
  about: "hand-offs with and without `warm`, over a server with a prefix cache (10 minutes)",
  isLong: true,
  async run() {
    const measured: Measured[] = [];
    for (const setting of SETTINGS) {
      measured.push({ setting, replies: await measureWays(setting) });
    }
    return { tables: [table(measured), breakEvenTable()], targets: targetsOf(measured) };
  },
};

function table(measured: readonly Measured[]): BenchTable {
  const [first] = SETTINGS;
  const { shape } = (first as WarmSetting).server;
  return {
    title: `${shape.steps} steps of ${shape.tokensPerStep} tokens, every ${shape.hardEvery}th by large; the wait from a glimpse to large's first token without that token's own time, medians`,
    columns: [
      "",
      "block, tokens",
      "`warm`",
      "wait, ms",
      "of that without",
      "seconds a reply",
      "of that without",
      "requests that only read",
    ],
    rows: measured.flatMap((each) => WAYS.map((way) => row(each, way))),
  };
}

function row({ setting, replies }: Measured, way: Way): string[] {
  const wait = waitOf(way, replies, setting);
  const isOff = way === "off";
  return [
    setting.name,
    String(setting.server.prefill.block),
    `\`${way}\``,
    wait.toFixed(1),
    isOff ? "" : (wait / waitOf("off", replies, setting)).toFixed(2),
    median(replies[way].map(({ ms }) => ms / 1000)).toFixed(1),
    isOff ? "" : median(timesAgainstOff(way, replies)).toFixed(3),
    warmRequests(way, replies).toFixed(0),
  ];
}

function breakEvenTable(): BenchTable {
  return {
    title:
      "Break-even: (a request + a token of large) / reading a token. From so many new tokens on a request that only reads takes less of large's server than it hides",
    columns: ["", "a request, ms", "a token written, ms", "a token read, ms", "tokens"],
    rows: [GPU_AT_ONCE, GPU_AFTER_30, CPU].map((setting) => {
      const { msPerRequest, msPerToken, prefill } = setting.server;
      return [
        setting.name,
        ...[msPerRequest, msPerToken.large, prefill.msPerToken.large].map(String),
        breakEvenTokens(setting).toFixed(0),
      ];
    }),
  };
}

function targetsOf(measured: readonly Measured[]): readonly Target[] {
  const of = (setting: WarmSetting) =>
    (measured.find((each) => each.setting === setting) as Measured).replies;
  const gpu = of(GPU_AT_ONCE);
  const wait = waitOf("large", gpu, GPU_AT_ONCE) / waitOf("off", gpu, GPU_AT_ONCE);
  const cpu = median(timesAgainstOff("large", of(CPU)));
  return [
    target("GPU-like, 0 ms a request, `large`: wait, with / without", 0.4, wait),
    ...[GPU_AT_ONCE, GPU_AFTER_30].map((setting) => {
      const interval = ratioInterval(timesAgainstOff("large", of(setting)));
      return neverSlower(
        `${setting.name}, \`large\`: whole reply, with / without (95 %)`,
        interval,
      );
    }),
    target("CPU-like, `large`: whole reply, with / without", 0.9, cpu),
  ];
}

function neverSlower(what: string, { ratio, low, high }: RatioInterval): Target {
  const [middle, from, to] = [ratio, low, high].map((each) => each.toFixed(3));
  return {
    what,
    target: "upper end <= 1.01",
    measured: `${middle} (${from} to ${to})`,
    met: high <= 1.01,
  };
}

function target(what: string, most: number, measured: number): Target {
  return { what, target: `<= ${most}`, measured: measured.toFixed(2), met: measured <= most };
}
