import { expect, it } from "vitest";
import { readServeArguments } from "../../src/cli/serve-arguments.js";

it.each([
  [
    ["--host", "0.0.0.0"],
    "--host 0.0.0.0 lets others in: give a key, too, with --api-key-env NAME",
  ],
  [["--api-key-env", "NO_SUCH_KEY"], "the environment has no NO_SUCH_KEY"],
  [["--port", "70000"], '--port must be 0 to 65535, got "70000"'],
  [["--cors", "https://a.example/path"], "--cors must be one origin"],
  [
    ["--reasoning-field", "thought"],
    'must be one of reasoning_content, reasoning, think-tags, none, got "thought"',
  ],
  [["--max-concurrency", "0"], "--max-concurrency"],
  [["--warm", "small"], '--warm must be large or both, got "small"'],
  [["--warm", "large"], "--warm large is for models on servers of their own"],
])("serve %j is refused", (args, said) => {
  expect(() => readServeArguments(args)).toThrow(said);
});

it("serve alone is this machine's port 8787, without a key", () => {
  expect(readServeArguments([])).toMatchObject({
    host: "127.0.0.1",
    port: 8787,
    apiKey: undefined,
    maxConcurrency: undefined,
    warm: undefined,
    grace: 30,
  });
});

it("serve --warm is the router's", () => {
  const models = ["--small", "http://127.0.0.1:1/v1#s", "--large", "http://127.0.0.1:2/v1#l"];
  expect(readServeArguments([...models, "--warm", "both"])).toMatchObject({ warm: "both" });
});
