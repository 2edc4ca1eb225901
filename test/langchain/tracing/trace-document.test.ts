import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { TAPE, useEmbeddedPair } from "../embedded-router.js";
import { graphOf, inputOf } from "../output/token-surfaces.js";
import { scriptedRouter } from "../scripted-pair.js";
import { tracePicture } from "./trace-picture.js";
import { traceSvg, withoutTimes } from "./trace-svg.js";
import { useTracer } from "./traced.js";

const embedded = useEmbeddedPair();
const DOCUMENT = new URL("../../../docs/tracing.md", import.meta.url);
const PICTURE = new URL("../../../docs/trace.svg", import.meta.url);

it("docs/tracing.md shows the tree of a captured run as it is", async () => {
  const { tracer, tree } = await useTracer();
  const { router } = scriptedRouter();
  await graphOf(router).invoke(inputOf("2+2?"), { callbacks: [tracer] });
  const picture = tracePicture(await tree());
  expect(readFileSync(DOCUMENT, "utf8")).toContain(`\`\`\`text\n${picture}\n\`\`\``);
});

it("docs/trace.svg is drawn from a captured run of the embedded pair", async () => {
  const { tracer, tree } = await useTracer();
  await graphOf(embedded.router()).invoke(inputOf(TAPE), { callbacks: [tracer] });
  const svg = traceSvg(await tree());
  if (process.env.WRITE_TRACE_PICTURE !== undefined) writeFileSync(PICTURE, svg);
  expect(withoutTimes(readFileSync(PICTURE, "utf8"))).toBe(withoutTimes(svg));
});
