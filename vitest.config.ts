import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

const ROOT = new URL(".", import.meta.url);
// Before any worker begins: whatever it loads first decides about colours, and in CI there are some.
// biome-ignore lint/style/noProcessEnv: workers inherit it.
process.env.NO_COLOR = "1";
const FILES = readdirSync(new URL("test", ROOT), { recursive: true, encoding: "utf8" })
  .map((name) => `test/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith(".test.ts") && !name.startsWith("test/e2e/"));

/** Rooms whose files share their processes: none of them changes what is global. See CONTRIBUTING.md. */
const SHARED_ROOMS =
  /^test\/(core|doctor|eval|faults|graph|langchain|middleware|page|prompt|properties|report|router|security|serve|servers|writers)\//;
/** Files that do: LangSmith's client has globals, and programs are bundled for one project only. */
const OWN_PROCESS = /\/(langsmith|programs)\//;
/** LangGraph gives its AsyncLocalStorage to all of a process: what works without it must be seen without it. */
const LANGGRAPH =
  /from "(@langchain\/langgraph|langchain"|[./a-z-]*\/(graph|middleware)\/|[./a-z-]*\/token-surfaces)/;

/** Files that wait more than they work (for time limits, backoff, slow fakes): twice as many at once, behind the others. */
const WAITS =
  /^test\/(doctor\/|faults\/|serve\/leaving|langchain\/(reply\/(aborted-streams|waiting|time)|tools\/cut-tools)\.|writers\/.*\/(cut-streams|ollama-traps)\.)/;

const shared = FILES.filter((file) => SHARED_ROOMS.test(file) && !holds(file, OWN_PROCESS));
const withLangGraph = shared.filter((file) => holds(file, LANGGRAPH));
const waiting = shared.filter((file) => WAITS.test(file) && !withLangGraph.includes(file));

/** In its place, or in its text. */
function holds(file: string, what: RegExp): boolean {
  return what.test(file) || what.test(readFileSync(new URL(file, ROOT), "utf8"));
}

export default defineConfig({
  test: {
    // Nothing is claimed by these: processes and models start slowly on a machine that others use, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: the local engine and the fake servers are CPU-bound already.
    maxWorkers: 2,
    reporters: ["default", new SummaryReporter()],
    coverage: { include: ["src/**"], exclude: ["src/cli/**"] },
    projects: [
      {
        extends: true,
        test: {
          name: "own process",
          globalSetup: "test/programs/bundle.ts",
          include: FILES.filter((file) => !shared.includes(file)),
        },
      },
      {
        extends: true,
        test: {
          name: "shared process",
          include: shared.filter(
            (file) => !withLangGraph.includes(file) && !waiting.includes(file),
          ),
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: "shared with LangGraph", include: withLangGraph, isolate: false },
      },
      {
        extends: true,
        test: {
          name: "shared, waiting",
          include: waiting,
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
