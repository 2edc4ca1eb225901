import { parseArgs } from "node:util";
import pc from "picocolors";
import { GlimpRouterChatModel } from "../langchain/chat-model.js";
import { loadPair } from "./load-pair.js";
import { paintReply, summaryOf } from "./paint-reply.js";
import { UsageError } from "./usage-error.js";

/** `glimprouter ask "..."`: one routed reply, streamed or as JSON. */
export async function runAsk(args: string[]): Promise<void> {
  const { question, tau, glimpse, small, large, json } = readAskArguments(args);
  const pair = await loadPair(small, large);
  try {
    const model = new GlimpRouterChatModel({
      small: pair.small,
      large: pair.large,
      threshold: tau,
      glimpse,
    });
    if (json) {
      const message = await model.invoke(question);
      const { reasoning_content: thought } = message.additional_kwargs;
      const { glimprouter } = message.response_metadata;
      process.stdout.write(
        `${JSON.stringify({ answer: message.text, thought, glimprouter }, null, 2)}\n`,
      );
      return;
    }
    const record = await paintReply(model, question, (text) => process.stdout.write(text));
    process.stdout.write(`\n\n${pc.dim(summaryOf(record))}\n`);
  } finally {
    await pair.dispose();
  }
}

interface AskArguments {
  readonly question: string;
  readonly tau: number;
  readonly glimpse: "fused" | "probe";
  readonly small?: string | undefined;
  readonly large?: string | undefined;
  readonly json: boolean;
}

function readAskArguments(args: string[]): AskArguments {
  const { values, positionals } = parse(args);
  const [question, ...more] = positionals;
  if (question === undefined || question.trim() === "") {
    throw new UsageError('There is no question. Try: glimprouter ask "59, +10, %6, +90, %9"');
  }
  if (more.length > 0) {
    throw new UsageError("There is more than one question: put it in quotes.");
  }
  const tau = Number(values.tau);
  if (values.tau.trim() === "" || Number.isNaN(tau)) {
    throw new UsageError(`--tau must be a number of nats, got ${JSON.stringify(values.tau)}.`);
  }
  const { glimpse } = values;
  if (glimpse !== "fused" && glimpse !== "probe") {
    throw new UsageError(`--glimpse must be fused or probe, got ${JSON.stringify(glimpse)}.`);
  }
  return { ...values, question, tau, glimpse };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        small: { type: "string" },
        large: { type: "string" },
        tau: { type: "string", default: "1" },
        glimpse: { type: "string", default: "fused" },
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} Try: glimprouter --help`);
  }
}
