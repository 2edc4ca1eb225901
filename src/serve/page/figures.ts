import type { Make } from "../../page/element.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import type { AskedReply } from "./asked-reply.js";

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly about: string;
}

/** What a reply came to; while it is written, what is known of it. */
export function figuresOf(make: Make, reply: AskedReply): readonly HTMLElement[] {
  return [...whileWritten(reply), ...whenOver(reply.written.record)].map(({ name, value, about }) =>
    make(
      "div",
      {},
      make("dt", {}, name),
      make("dd", {}, make("strong", {}, value), make("span", {}, about)),
    ),
  );
}

function whileWritten({ written, ms, firstMs }: AskedReply): readonly Figure[] {
  const { steps, record } = written;
  const byLarge = steps.filter(({ route }) => route === "large").length;
  return [
    {
      name: "Steps",
      value: String(steps.length),
      about: byLarge === 0 ? "none by large" : `${byLarge} by large`,
    },
    {
      name: "Large share",
      value: record === null ? "–" : percent(record.largeShare),
      about: "of its tokens",
    },
    {
      name: "Time",
      value: secondsOf(ms),
      about: firstMs === null ? "no word yet" : `first word ${secondsOf(firstMs)}`,
    },
  ];
}

function whenOver(record: RoutingRecord | null): readonly Figure[] {
  if (record === null) {
    return ["Tokens", "Requests"].map((name) => ({ name, value: "–", about: "told at the end" }));
  }
  const { requests, usage, cost } = record;
  const { small, large } = usage;
  const discarded = small.discarded_tokens + large.discarded_tokens;
  const dropped = discarded === 0 ? "" : `, ${whole(discarded)} dropped`;
  const besides = (requests.verify ?? 0) + (requests.watch ?? 0);
  return [
    {
      name: "Tokens",
      value: whole(small.output_tokens + large.output_tokens),
      about: `${whole(small.output_tokens)} small, ${whole(large.output_tokens)} large${dropped}`,
    },
    {
      name: "Requests",
      value: String(requests.small + requests.large + besides),
      about: `${requests.small} small, ${requests.large} large${besides === 0 ? "" : `, ${besides} to judge`}`,
    },
    ...(cost === null
      ? []
      : [{ name: "Cost", value: moneyOf(cost), about: "in the unit of the prices" }]),
  ];
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

export function secondsOf(ms: number): string {
  return ms < 9_995 ? `${(ms / 1000).toFixed(2)} s` : `${Math.round(ms / 1000)} s`;
}

function whole(count: number): string {
  return count.toLocaleString("en").replaceAll(",", "\u202f");
}

function moneyOf(cost: number): string {
  return cost === 0 ? "0" : String(Number(cost.toPrecision(3)));
}
