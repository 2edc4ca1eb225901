import { above, GlimpRouterChatModel, type RoutingRecord } from "../../src/index.js";
import { embeddedPair } from "../../src/local/index.js";
import { heldOutProblems } from "../embedded/held-out-problems.js";
import { comparedPoints, STEP_START } from "./compared-points.js";
import { type ComparedCost, type Reading, ratiosTo } from "./ratios-to.js";

const PROBLEMS = 4;
const ROUNDS = 10;
const WARM_UPS = 1;
/** Above every value: each point looks and asks, and small writes all. */
const NEVER = above(1e6);

export interface PointInProcess extends ComparedCost {
  readonly name: string;
}

/** CPU of this process, the model's own work included. The tapes have numbers behind commas. */
export async function pointsInProcess(): Promise<readonly PointInProcess[]> {
  const problems = await heldOutProblems(PROBLEMS);
  const { small, large, dispose } = await embeddedPair();
  const points = [STEP_START, ...comparedPoints(",")].map(({ point }) => point);
  const readings = points.map((glimpseAt): Reading => {
    const model = new GlimpRouterChatModel({
      small,
      large,
      glimpseAt,
      policy: NEVER,
      answerBy: "small",
      maxThoughtTokens: 200,
    });
    return async () => {
      let tokens = 0;
      for (const { prompt } of problems) {
        const { response_metadata } = await model.invoke(prompt);
        tokens += (response_metadata.glimprouter as RoutingRecord).usage.small.output_tokens;
      }
      return tokens;
    };
  });
  try {
    const [baseline, ...others] = readings;
    if (baseline === undefined) throw new Error("There is nothing to compare.");
    const costs = await ratiosTo(baseline, others, { rounds: ROUNDS, warmUps: WARM_UPS });
    return costs.map((each, index) => ({ ...each, name: points[index]?.name ?? "" }));
  } finally {
    await dispose();
  }
}
