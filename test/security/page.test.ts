import { access, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ECHOES } from "./echoes.js";

const ROOT = new URL("../../", import.meta.url);

it("SECURITY.md says in how many ways a server echoes", async () => {
  const page = await readFile(new URL("SECURITY.md", ROOT), "utf8");
  expect(page).toContain(`echoes them in ${Object.keys(ECHOES).length} ways`);
});

it("every test and script that SECURITY.md names is there", async () => {
  const page = await readFile(new URL("SECURITY.md", ROOT), "utf8");
  const { scripts } = JSON.parse(await readFile(new URL("package.json", ROOT), "utf8")) as {
    scripts: Record<string, string>;
  };
  const tests = [...page.matchAll(/`(test\/[\w/.-]+)`/g)].map(([, file = ""]) => file);
  expect(tests.length).toBeGreaterThan(8);
  for (const file of tests) await access(fileURLToPath(new URL(file, ROOT)));
  const named = [...page.matchAll(/`npm run ([\w:-]+)`/g)].map(([, name = ""]) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
