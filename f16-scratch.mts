import { FakeStreamingChatModel } from "@langchain/core/utils/testing";
const root = process.env.ROOT ?? "/work/h/count";
const { GlimpRouterChatModel } = await import(`${root}/src/index.ts`);
const { routeThought } = await import(`${root}/src/router/route-thought.ts`);
const { entropyAbove } = await import(`${root}/src/core/route-policy.ts`);
const top = Array.from({ length: 20 }, (_, i) => ({ token: `c${i}`, logprob: i === 0 ? -1e-6 : -14 - i }));
function writer(total: number, perStep: number, hardEvery = 0) {
  const opening = { kind: "instant", data: null, opensThought: true, promptTokens: 10, contextSize: null };
  return {
    kind: "instant",
    async open() { return opening; },
    async *write(_f: unknown, text: string, how: any) {
      if (how.topLogprobs === 0 && !how.stop) { yield { type: "text", text: "so", tokens: [] }; yield { type: "end", reason: "eos" }; return; }
      let at = 0;
      for (let i = 0; i < total - 1; i++) {
        const inStep = i % perStep;
        const t = inStep === 0 ? `S${i}` : inStep === perStep - 1 ? "\n\n" : ` word`;
        yield { type: "text", text: t, tokens: [{ token: t, logprob: -0.1, top }] };
      }
      yield { type: "text", text: "</think>", tokens: [{ token: "</think>", logprob: -0.1, top }] };
    },
  } as any;
}
const big = { maxThoughtTokens: 1e7, maxSteps: 1e7, maxAnswerTokens: 100 };
async function router(total: number, perStep: number) {
  const w = writer(total, perStep); const o = await w.open();
  let n = 0;
  for await (const e of routeThought({ config: { policy: entropyAbove(1), glimpse: "fused", delimiter: "\n\n", thinking: { open: "<think>", close: "</think>" }, answerBy: "large", topLogprobs: 20, maxStepTokens: 512, answerStop: [], ...big }, writers: { small: w, large: w }, openings: { small: o, large: o }, now: () => performance.now() })) n++;
  return n;
}
function model(total: number, perStep: number) {
  const w = writer(total, perStep);
  return new GlimpRouterChatModel({ small: new FakeStreamingChatModel({}), large: new FakeStreamingChatModel({}), continuation: { small: w, large: w }, ...big });
}
const ways: Record<string, (t: number, p: number) => Promise<unknown>> = {
  router,
  invoke: (t, p) => model(t, p).invoke("Go."),
  stream: async (t, p) => { let n = 0; for await (const c of await model(t, p).stream("Go.")) n++; return n; },
};
const which = (process.env.WAYS ?? "router,invoke,stream").split(",");
const sizes = (process.env.SIZES ?? "10000,300000").split(",").map(Number);
for (const way of which) for (const [name, per] of (process.env.SHAPES === "huge" ? [["one step", 1e9]] : process.env.SHAPES === "many" ? [["30 a step", 30]] : [["30 a step", 30], ["one step", 1e9]]) as [string, number][]) {
  for (let k = 0; k < 5; k++) await ways[way]!(10_000, per);
  const out = [];
  for (const size of sizes) {
    const rounds = Math.max(1, Math.round(300_000 / size)); const us: number[] = [];
    for (let r = 0; r < (size > 100000 ? 3 : 5); r++) {
    const s = process.cpuUsage();
    for (let i = 0; i < rounds; i++) await ways[way]!(size, per);
    const { user, system } = process.cpuUsage(s);
    us.push((user + system) / (size * rounds)); }
    us.sort((a, b) => a - b); out.push(us[us.length >> 1]!);
  }
  console.log(way, name, out.map((x) => x.toFixed(2)).join("  "), "ratio", (out.at(-1)! / out[0]!).toFixed(2));
}
