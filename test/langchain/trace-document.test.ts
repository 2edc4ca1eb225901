import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { scriptedRouter } from "./scripted-pair.js";
import { graphOf, inputOf } from "./token-surfaces.js";
import { tracePicture } from "./trace-picture.js";
import { useTracer } from "./traced.js";

const DOCUMENT = new URL("../../docs/tracing.md", import.meta.url);

it("docs/tracing.md shows the tree of a captured run as it is", async () => {
  const { tracer, tree } = await useTracer();
  const { router } = scriptedRouter();
  await graphOf(router).invoke(inputOf("2+2?"), { callbacks: [tracer] });
  const picture = tracePicture(await tree());
  expect(readFileSync(DOCUMENT, "utf8")).toContain(`\`\`\`text\n${picture}\n\`\`\``);
});
