import type { TestProject } from "vitest/node";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { embeddedPair } from "../../../src/local/index.js";
import { heldOutProblems, type Problem } from "./problems.js";
import { digestOf, type ReplyDigest } from "./reply-digest.js";
import { runChains } from "./run-chains.js";

/** What the in-process engine says to every problem; computed once for all files. */
export interface Reference {
  readonly threshold: number;
  readonly problems: readonly Problem[];
  readonly replies: readonly ReplyDigest[];
}

declare module "vitest" {
  interface ProvidedContext {
    readonly reference: Reference;
  }
}

export async function setup(project: TestProject): Promise<void> {
  // All of them take a while where the machine has other work: SERVER_PROBLEMS=60 takes the first 60.
  const { SERVER_PROBLEMS = project.config.env?.SERVER_PROBLEMS } = process.env;
  const count = Number(SERVER_PROBLEMS ?? "300");
  const problems = (await heldOutProblems()).slice(0, count);
  const { small, large, threshold, dispose } = await embeddedPair();
  try {
    const replies = await runChains(
      new GlimpRouterChatModel({ small, large, threshold }),
      problems,
    );
    project.provide("reference", { threshold, problems, replies: replies.map(digestOf) });
  } finally {
    await dispose();
  }
}
