import { beforeEach, describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type RoutingRecord } from "../../src/index.js";
import { sharePolicy } from "../../src/serve/models/share-policy.js";
import { CALIBRATION } from "../langchain/calibration/a-calibration.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { PlainModel } from "./plain-model.js";
import { chunksOf, errorOf, joined, served } from "./served.js";

const routesOf = async (response: Response) => {
  const { glimprouter } = (await response.json()) as {
    glimprouter: { threshold: number | null; steps: { route: string }[] };
  };
  const { threshold, steps } = glimprouter;
  return { threshold, routes: steps.map(({ route }) => route) };
};

describe("the list of models", () => {
  it("has the routed one and each alone, as OpenAI lists them", async () => {
    const { get } = served();
    const list = (await (await get("/v1/models")).json()) as { object: string; data: object[] };
    const of = (id: string) => ({
      id,
      object: "model",
      created: expect.any(Number),
      owned_by: "langchain-glimprouter",
    });
    expect(list).toEqual({
      object: "list",
      data: [of("glimprouter"), of("glimprouter/small"), of("glimprouter/large")],
    });
    // A slash in a name comes as it is, or escaped.
    for (const path of ["glimprouter/small", "glimprouter%2Fsmall"]) {
      expect(await (await get(`/v1/models/${path}`)).json()).toEqual(of("glimprouter/small"));
    }
    expect(await (await get("/v1/models/glimprouter@tau=1.2")).json()).toEqual(
      of("glimprouter@tau=1.2"),
    );
  });

  it.each([
    "gpt-4",
    "glimprouter/medium",
    "glimprouter@",
    "glimprouter@tau=",
    "glimprouter@tau=x",
    "glimprouter@1.5",
    "glimprouter@-1",
  ])("does not have %s", async (model) => {
    const { get, ask } = served();
    const expected = {
      status: 404,
      error: {
        type: "not_found_error",
        param: "model",
        code: "model_not_found",
        message: expect.stringContaining(`There is no model "${model}"`),
      },
    };
    expect(await errorOf(await ask({ model }))).toEqual(expected);
    expect(await errorOf(await get(`/v1/models/${encodeURIComponent(model)}`))).toEqual(expected);
  });
});

describe("a model's name", () => {
  it("carries tau", async () => {
    const { ask } = served();
    const response = await ask({ model: "glimprouter@tau=2.5" });
    expect(response.headers.get("x-glimprouter-tau")).toBe("2.5");
    expect(await routesOf(response)).toEqual({
      threshold: 2.5,
      routes: ["small", "small", "small"],
    });
    expect(await routesOf(await ask({ model: "glimprouter@tau=0.25" }))).toMatchObject({
      routes: ["small", "large", "large"],
    });
  });

  it("with a tau that cannot be is refused, in the router's words", async () => {
    const { status, error } = await errorOf(await served().ask({ model: "glimprouter@tau=9" }));
    expect(status).toBe(400);
    expect(error.message).toMatch(/`threshold`.*cannot be 9/);
  });

  it("with a share needs a calibration", async () => {
    const { status, error } = await errorOf(await served().ask({ model: "glimprouter@0.30" }));
    expect([status, error.code]).toEqual([404, "model_not_found"]);
    expect(error.message).toMatch(/needs a calibration/);
  });

  it("with a share goes by the calibration's quantiles, above or below", () => {
    const quantiles = Array.from({ length: 101 }, (_, index) => index / 50);
    const above = sharePolicy({ quantiles, direction: "above" }, 0.3);
    expect(above.tau).toBeCloseTo(1.4, 9);
    expect([1.39, 1.41].map((value) => above.policy({ value } as never, {} as never))).toEqual([
      "small",
      "large",
    ]);
    const below = sharePolicy({ quantiles, direction: "below" }, 0.305);
    expect(below.tau).toBeCloseTo(0.61, 9);
    expect([0.6, 0.62].map((value) => below.policy({ value } as never, {} as never))).toEqual([
      "large",
      "small",
    ]);
  });

  it("with a calibration tells which, and the share sets tau", async () => {
    const calibration = CALIBRATION;
    const { router } = scriptedRouter({}, { threshold: calibration, verifyCalibration: false });
    const { ask } = served(router);
    const own = await ask();
    expect(own.headers.get("x-glimprouter-calibration")).toBe(calibration.id);
    expect(own.headers.get("x-glimprouter-tau")).toBe(String(calibration.threshold));
    const { tau } = sharePolicy(calibration, 0.3);
    const shared = await ask({ model: "glimprouter@0.30" });
    expect(shared.status).toBe(200);
    expect(shared.headers.get("x-glimprouter-tau")).toBe(String(tau));
    const { glimprouter } = (await shared.json()) as { glimprouter: RoutingRecord };
    const decided = glimprouter.steps.flatMap(({ decisions }) => decisions);
    expect(decided.length).toBeGreaterThan(0);
    for (const { value, route } of decided) {
      expect(route).toBe((value ?? Number.NaN) > tau ? "large" : "small");
    }
    expect(new Set(decided.map(({ route }) => route))).toEqual(new Set(["small", "large"]));
  });
});

describe("a model alone", () => {
  beforeEach(() => {
    PlainModel.calls.length = 0;
  });
  const plainPair = (large: Partial<ConstructorParameters<typeof PlainModel>[0]> = {}) =>
    served(
      new GlimpRouterChatModel({
        small: new PlainModel({ name: "small" }),
        large: new PlainModel({ name: "large", ...large }),
      }),
    );

  it("answers by its own name, with its own usage and without a record", async () => {
    const { ask } = plainPair();
    for (const name of ["small", "large"]) {
      const reply = await (await ask({ model: `glimprouter/${name}` })).json();
      expect(reply).toMatchObject({
        model: `glimprouter/${name}`,
        choices: [{ message: { content: `I am ${name}.` }, finish_reason: "stop" }],
        usage: {
          prompt_tokens: 7,
          completion_tokens: 5,
          total_tokens: 12,
          completion_tokens_details: { reasoning_tokens: 2 },
        },
      });
      expect(reply).not.toHaveProperty("glimprouter");
    }
    const body = {
      model: "glimprouter/small",
      stream: true,
      stream_options: { include_usage: true },
    };
    const chunks = await chunksOf(await ask(body));
    expect(joined(chunks, "content")).toBe("I am small.");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 7 } });
  });

  it("is asked with what the request asks", async () => {
    const tools = [{ type: "function", function: { name: "weather", parameters: {} } }];
    await plainPair().ask({
      model: "glimprouter/large",
      temperature: 0.3,
      top_p: 0.9,
      seed: 7,
      max_tokens: 20,
      stop: "\n",
      tools,
      tool_choice: "auto",
      response_format: { type: "json_object" },
      user: "somebody",
    });
    const [call] = PlainModel.calls;
    expect(call?.model.fields).toEqual({
      name: "large",
      temperature: 0.3,
      topP: 0.9,
      maxTokens: 20,
      modelKwargs: { seed: 7 },
    });
    expect(call?.options).toMatchObject({
      stop: ["\n"],
      tools,
      tool_choice: "auto",
      response_format: { type: "json_object" },
    });
  });

  it("that breaks off is an error, not an answer", async () => {
    const { ask } = plainPair({ isCut: true });
    const { status, error } = await errorOf(await ask({ model: "glimprouter/large" }));
    expect([status, error.message]).toEqual([503, "The model's reply broke off."]);
  });

  it.each([
    [undefined, 503, "model_unavailable", "The model did not answer."],
    [500, 503, "model_unavailable", "The model's server answered with HTTP 500."],
    [429, 429, "rate_limit_exceeded", "The model's server answered with HTTP 429."],
    [401, 502, "model_refused", "The model's server answered with HTTP 401."],
    [400, 400, "model_refused", "The model's server answered with HTTP 400."],
  ])(
    "whose server says %s is told as %s, without its words",
    async (said, status, code, message) => {
      const secret = Object.assign(new Error("key sk-1234 at http://10.0.0.1"), { status: said });
      const response = await plainPair({ error: secret }).ask({ model: "glimprouter/large" });
      expect(response.headers.has("retry-after")).toBe(status === 429 || status === 503);
      expect(await errorOf(response)).toMatchObject({ status, error: { code, message } });
    },
  );
});
