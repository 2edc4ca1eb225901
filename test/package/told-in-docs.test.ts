import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("L15: LangChain's own suite is named where it is now", () => {
  const docs = text("docs/langchain.md");
  expect(docs).toContain("`internal/standard-tests` of langchainjs");
  expect(docs).not.toContain("libs/langchain-standard-tests");
});

it("U20: the README says what node-llama-cpp takes, and the overrides that avoid it", () => {
  const readme = text("README.md");
  expect(readme).toContain("`node-llama-cpp` is 700 MB on disk");
  const { overrides } = JSON.parse(text("package.json")) as { overrides: Record<string, unknown> };
  const stubbed = Object.keys(overrides).filter((name) => /llama-cpp\/linux-x64-/.test(name));
  expect(stubbed.length).toBeGreaterThan(0);
  for (const name of stubbed) expect(readme).toContain(`"${name}"`);
});
