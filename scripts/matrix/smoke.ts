import { ROOT } from "./checkout.js";
import { nodeBinary } from "./node-binary.js";
import { runSome } from "./run-suite.js";

/** One file of each kind of thing that a Node can break: sockets, streams, agents, the native engine, the package. */
const FILES = [
  "test/package/package.test.ts",
  "test/package/browser.test.ts",
  "test/writers/vllm/vllm-errors.test.ts",
  "test/writers/connection/leaks.test.ts",
  "test/writers/connection/read-events.test.ts",
  "test/langchain/surface.test.ts",
  "test/middleware/router-middleware.test.ts",
  "test/graph/router-graph.test.ts",
  "test/local/one-model.test.ts",
];

/**
 * The smoke set in this checkout, with another Node and what is installed here.
 *
 * @throws Error where a test fails
 */
export async function runSmoke(major: number): Promise<void> {
  const node = await nodeBinary(major);
  const { passed, failures } = await runSome(ROOT.replace(/\/$/, ""), node, FILES);
  console.log(`Node ${node.version}: ${passed} passed, ${failures.length} failed`);
  if (failures.length > 0) throw new Error(failures.join("\n"));
}
