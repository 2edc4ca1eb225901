import { createAgent, initChatModel } from "langchain";
import { describe, expect, it } from "vitest";
import { diagnose, GlimpRouterChatModel } from "../../src/index.js";
import { glimpRouterMiddleware } from "../../src/middleware/index.js";
import { fakeVllm, SCRIPT } from "../writers/vllm/vllm-setup.js";
import { recordOf } from "./record-of.js";

const made = (server: { baseURL: string }, fields: object = {}) =>
  initChatModel("small", {
    modelProvider: "openai",
    apiKey: "none",
    maxRetries: 0,
    configuration: { baseURL: server.baseURL },
    ...fields,
  });

describe("L6: models of initChatModel", () => {
  it("L6: as small and as large, they are continued as what they make", async () => {
    const server = await fakeVllm();
    const router = new GlimpRouterChatModel({
      small: await made(server),
      large: await made(server),
    });
    const message = await router.invoke("2+2?");
    expect(message.text).toBe(SCRIPT.answer);
    expect(recordOf(message).continuation).toEqual({ small: "vllm", large: "vllm" });
    expect(recordOf(message).steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
  });

  it("L6: stop strings of the made model end the answer", async () => {
    const server = await fakeVllm();
    const router = new GlimpRouterChatModel({
      small: await made(server),
      large: await made(server, { stop: [" is"] }),
    });
    expect((await router.invoke("2+2?")).text).toBe("The answer");
  });

  it("L6: in the middleware and in the doctor, too", async () => {
    const server = await fakeVllm();
    const [small, large] = await Promise.all([made(server), made(server)]);
    const agent = createAgent({
      model: large,
      middleware: [glimpRouterMiddleware({ small } as never)],
    });
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: "2+2?" }] });
    expect(recordOf(messages.at(-1) as never).continuation).toEqual({
      small: "vllm",
      large: "vllm",
    });
    const report = await diagnose({ small, large });
    expect(report.small).toMatchObject({ name: "small", continuation: "vllm" });
  });

  it("L6: one with tools bound to it is refused as any other", async () => {
    const server = await fakeVllm();
    const model = await made(server);
    const tool = { type: "function", function: { name: "add", parameters: {} } };
    const router = new GlimpRouterChatModel({
      small: model,
      large: model.bindTools([tool]),
    });
    await expect(router.invoke("2+2?")).rejects.toMatchObject({
      reason: "invalid_option",
      role: "large",
      message: expect.stringContaining("router.bindTools(tools)"),
    });
  });

  it("L6: one that cannot be made says why", async () => {
    const server = await fakeVllm();
    const maker = await made(server);
    Object.assign(maker, {
      _getModelInstance: () => Promise.reject(new Error("Unable to infer model provider")),
    });
    const router = new GlimpRouterChatModel({ small: maker, large: maker });
    await expect(router.invoke("2+2?")).rejects.toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining("could not be made: Unable to infer model provider"),
    });
  });
});
