import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { NOTICES_FILE, noticesText } from "../../scripts/notices/notices.js";

it("THIRD-PARTY-NOTICES.md names what the build takes in: else run `npm run notices`", async () => {
  expect(await readFile(NOTICES_FILE, "utf8")).toBe(await noticesText());
});
