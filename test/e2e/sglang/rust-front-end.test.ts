import { expect, inject, it } from "vitest";
import { expectSame, expectSameThoughts } from "../real-servers/expect-same.js";
import { FORMAT, judge, withoutBlanks } from "../real-servers/forced-call.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { useSglangPair } from "./sglang-pair.js";

const { servers, router } = useSglangPair(["--tool-call-parser", "qwen25"], {
  SGLANG_RUST_SERVER: "1",
});
const some = () => inject("reference").problems.slice(0, 12);
const large = () => chatOpenAI(servers().large, { configuration: { fetch: withoutBlanks(fetch) } });

it.each(["fused", "probe"] as const)("writes the same thoughts, %s", async (glimpse) => {
  const { problems } = inject("reference");
  const replies = await runChains(router({ glimpse }), problems.slice(0, problems.length / 5), 8);
  expectSame(`Rust front end, ${glimpse}`, replies);
});

it("T8: a forced call is held to its schema, behind the same thought", async () => {
  const model = router({ large: large() }).bindTools([judge], { tool_choice: "judge" });
  const replies = await runChains(model, some(), 4);
  expectSameThoughts(replies);
  for (const reply of replies) {
    const { tool_calls = [] } = reply as { tool_calls?: { name: string; args: unknown }[] };
    expect(tool_calls.map((call) => call.name)).toEqual(["judge"]);
    expect(FORMAT.safeParse(tool_calls[0]?.args).success).toBe(true);
  }
});

it("T8: a response format is obeyed, and tools that are not called change nothing", async () => {
  const model = router({ large: large() }).withStructuredOutput(FORMAT, { method: "jsonSchema" });
  const replies = await model.batch(some().map(({ prompt }) => prompt));
  for (const reply of replies) expect(FORMAT.safeParse(reply).success).toBe(true);
  expectSame(
    "Rust front end, tools bound",
    await runChains(router().bindTools([judge]), some(), 4),
  );
});
