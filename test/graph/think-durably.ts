/** A process that thinks on a thread, or goes on where an earlier process was killed. Prints the reply as JSON. */
import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { sqliteSaver } from "./sqlite-saver.js";

const [smallURL, largeURL, file = ""] = process.argv.slice(2);
const model = (baseURL: string | undefined) =>
  new ChatOpenAI({ model: "small", apiKey: "none", configuration: { baseURL } });

const graph = glimpRouterGraph({
  small: model(smallURL),
  large: model(largeURL),
  continuation: "vllm",
  checkpointer: sqliteSaver(file).saver,
});
const config = { configurable: { thread_id: "thread" } };
const { tasks } = await graph.getState(config);
const input = tasks.length > 0 ? null : { messages: [new HumanMessage("2+2?")] };
const { messages } = await graph.invoke(input, config);
const { content, additional_kwargs, response_metadata } = messages.at(-1) ?? {};
process.stdout.write(JSON.stringify({ content, additional_kwargs, response_metadata }));
