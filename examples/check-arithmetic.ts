/** A judge of your own: a step is checked by calculating it, and large writes what small got wrong. Run: npx tsx examples/check-arithmetic.ts */
import { GlimpRouterChatModel, routingOf, type StepToVerify } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const APPLY: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "%": (a, b) => a % b,
};

/** "59, +10, %6" must become "69, %6". Doubt: 0 where a step is right, 1 where it is not. */
function checksArithmetic({ thought, step }: StepToVerify): number {
  const before = thought.trimEnd().split("\n\n").at(-1) ?? "";
  const [, first, operator, second, rest] = /^(\d+), ([-+%])(\d+)(.*)$/.exec(before) ?? [];
  const apply = APPLY[operator ?? ""];
  if (apply === undefined) return 0; // the first step: it only repeats the question
  return step.trim() === `${apply(Number(first), Number(second))}${rest}` ? 0 : 1;
}

const { small, large, dispose } = await embeddedPair();
const model = new GlimpRouterChatModel({
  small,
  large,
  policy: () => "small", // small begins every step, however unsure it is
  verify: { by: checksArithmetic, threshold: 0.5 },
});

const message = await model.invoke("59, +10, %6, +90, %9");
for (const { step, route, verified } of routingOf(message)?.steps ?? []) {
  const said = verified === undefined ? "not judged" : verified.accepted ? "right" : "wrong";
  console.log(`step ${step}: small's was ${said}, written by ${route}`);
}
console.log(message.text);
await dispose();
