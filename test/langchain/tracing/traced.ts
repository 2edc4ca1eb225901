import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { Client } from "langsmith";
import { expect, onTestFinished } from "vitest";
import {
  type Ingestion,
  startFakeLangSmith,
  type TraceTree,
} from "../../servers/fake-langsmith.js";

/** A tracer that posts to a local stand-in for LangSmith. */
export async function useTracer(ingestion: Ingestion = "multipart") {
  const server = await startFakeLangSmith(ingestion);
  onTestFinished(() => server.close());
  const client = new Client({ apiUrl: server.url, apiKey: "ls-key", timeout_ms: 20_000 });
  const tracer = new LangChainTracer({ client, projectName: "test" });
  /** Core tells tracers in the background: what it has told is with the client only then. */
  const settled = async () => {
    await awaitAllCallbacks();
    await client.awaitPendingTraceBatches();
  };
  return {
    tracer,
    server,
    /** Every run that was posted, finished or not. */
    posted: async (): Promise<readonly TraceTree[]> => {
      await settled();
      return server.trees().flatMap(flat);
    },
    /** The only trace, when all of it was posted; nothing in it may be pending or out of place. */
    tree: async (): Promise<TraceTree> => {
      await settled();
      expect(server.violations).toEqual([]);
      const [tree, ...others] = server.trees();
      if (tree === undefined || others.length > 0) {
        throw new Error(`Expected one trace, got ${server.trees().length}.`);
      }
      expect(flat(tree).filter(({ end_time }) => end_time === undefined)).toEqual([]);
      return tree;
    },
  };
}

/** A run and all below it. */
export function flat(tree: TraceTree): readonly TraceTree[] {
  return [tree, ...tree.children.flatMap(flat)];
}

/** Names as an indented tree. */
export function outline(tree: TraceTree, indent = ""): string {
  const below = tree.children.map((child) => outline(child, `${indent}  `));
  return [indent + tree.name, ...below].join("\n");
}
