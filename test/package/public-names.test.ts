import { expect, it } from "vitest";
import * as evaluation from "../../src/eval/index.js";
import * as graph from "../../src/graph/index.js";
import * as glimprouter from "../../src/index.js";
import * as local from "../../src/local/index.js";
import * as middleware from "../../src/middleware/index.js";
import * as serve from "../../src/serve/index.js";

/** The burden of proof is on addition: whoever adds a public name changes this list. */
it("the public names of each entry point are these", () => {
  expect({
    ".": Object.keys(glimprouter).sort(),
    "./eval": Object.keys(evaluation).sort(),
    "./graph": Object.keys(graph).sort(),
    "./local": Object.keys(local).sort(),
    "./middleware": Object.keys(middleware).sort(),
    "./serve": Object.keys(serve).sort(),
  }).toMatchInlineSnapshot(`
    {
      ".": [
        "GlimpRouterChatModel",
        "GlimpRouterError",
        "STEP_WRITER",
        "above",
        "always",
        "and",
        "answerEntropy",
        "anyOf",
        "atSteps",
        "below",
        "blend",
        "closeMargin",
        "diagnose",
        "digits",
        "entropy",
        "entropyAbove",
        "entropyCeiling",
        "everyToken",
        "firstSteps",
        "firstTokens",
        "margin",
        "maxHandoffs",
        "normalizedEntropy",
        "normalizedEntropyAbove",
        "not",
        "onServerState",
        "once",
        "openers",
        "or",
        "pointFromName",
        "quantile",
        "random",
        "rise",
        "routingOf",
        "serverState",
        "skipMarkup",
        "span",
        "stepEnd",
        "stepStart",
        "targetRate",
        "tokenDistribution",
        "window",
      ],
      "./eval": [
        "DataError",
        "boxed",
        "calibrate",
        "choice",
        "evaluate",
        "exact",
        "glimpRouterEvaluators",
        "json",
        "number",
        "readProblems",
        "readRecords",
        "readRun",
        "readRunFile",
        "report",
        "summarise",
        "toLangSmith",
      ],
      "./graph": [
        "editThought",
        "glimpRouterGraph",
        "rerouteStep",
      ],
      "./local": [
        "LocalChatModel",
        "embeddedPair",
      ],
      "./middleware": [
        "glimpRouterMiddleware",
      ],
      "./serve": [
        "createHandler",
      ],
    }
  `);
});
