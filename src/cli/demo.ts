import { GlimpRouterChatModel } from "../langchain/chat-model.js";
import { DEMO_PROBLEMS } from "./demo-problems.js";
import { type DemoProblem, resultsOf, type Tally } from "./demo-table.js";
import { tallyTapes, tapesLesson } from "./demo-tapes.js";
import { WORD_PROBLEMS } from "./demo-word-problems.js";
import { tallyWords, wordsLesson } from "./demo-words.js";
import { embeddedPairName, loadPair, type Pair, routingOf } from "./load-pair.js";
import { noticeHandler } from "./notice-handler.js";
import { paintReply, summaryOf } from "./paint-reply.js";
import { placeOf } from "./place-of.js";
import { parseOptions } from "./read-options.js";
import { type ReadRouting, ROUTING_OPTIONS, readRouting } from "./read-routing.js";
import { columns, type Shown, show, tint, write } from "./terminal.js";

interface Demo {
  readonly problems: readonly DemoProblem[];
  tallyAll(pair: Pair, routing: ReadRouting): Promise<readonly Tally[]>;
  lessonOf(tallies: readonly Tally[]): Shown;
}

const DEMOS: Readonly<Record<"tape" | "words", Demo>> = {
  tape: { problems: DEMO_PROBLEMS, tallyAll: tallyTapes, lessonOf: tapesLesson },
  words: { problems: WORD_PROBLEMS, tallyAll: tallyWords, lessonOf: wordsLesson },
};

const OPTIONS = { ...ROUTING_OPTIONS, pair: { type: "string", default: "words" } } as const;

/** `glimprouter demo`: an embedded pair, each model alone and both routed, on a handful of problems. */
export async function runDemo(args: string[]): Promise<void> {
  const { values } = parseOptions({ args, options: OPTIONS });
  const asked = readRouting(values);
  const { problems, tallyAll, lessonOf } = DEMOS[embeddedPairName(values.pair)];
  const pair = await loadPair(values);
  try {
    const routing = routingOf(pair, asked);
    const first = problems[0]?.prompt ?? "";
    write(show`Two tiny models think together. The question: ${tint("bold", first)}\n`);
    const { small, large } = pair;
    const router = new GlimpRouterChatModel({ small, large, ...routing });
    const record = await paintReply(router, first, { callbacks: [noticeHandler()] });
    write(show`\n\n${tint("dim", summaryOf(record))}\n${tint("dim", legendOf(routing))}\n\n`);
    const tallies = await tallyAll(pair, routing);
    const results = resultsOf(tallies, problems.length, columns());
    write(show`${String(problems.length)} problems:\n${results}\n${lessonOf(tallies)}\n`);
  } finally {
    await pair.dispose();
  }
}

/** What the number behind a hand-over is. */
function legendOf(routing: ReadRouting): string {
  const { glimpseAt, threshold, direction } = placeOf(routing);
  const { name, unit } = glimpseAt ?? { name: "H", unit: "nats" };
  const unsure = unit === "1" ? "small's doubt there" : `small's doubt there, in ${unit}`;
  return `${name}: ${unsure}; ${direction} ${threshold} large takes over`;
}
