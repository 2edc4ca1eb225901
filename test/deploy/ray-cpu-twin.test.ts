import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { rayCpuTwin } from "../../scripts/gateways/ray-cpu-twin.js";

const yaml = await readFile(new URL("../../deploy/ray-serve-llm.yaml", import.meta.url), "utf8");
const twin = rayCpuTwin(yaml, { port: 8141, models: { small: "/small", large: "/large" } });

/** Every value by its path. */
function leaves(value: unknown, path = ""): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, path === "" ? key : `${path}.${key}`),
  );
}

it("the CPU twin differs from what is deployed only where a machine without GPUs has to", () => {
  const deployed = new Map(leaves(parse(yaml, { merge: true })));
  const ours = new Map(leaves(JSON.parse(JSON.stringify(twin))));
  const paths = [...new Set([...deployed.keys(), ...ours.keys()])];
  const other = paths.filter((path) => deployed.get(path) !== ours.get(path));
  const ofEach = (index: number) =>
    [
      "model_loading_config.model_source",
      "accelerator_type",
      "engine_kwargs.max_model_len",
      ...["accelerator_config.kind", "engine_kwargs.dtype", "engine_kwargs.max_num_seqs"],
      ...["engine_kwargs.enforce_eager", "engine_kwargs.block_size"],
      "deployment_config.ray_actor_options.num_cpus",
    ].map((path) => `applications.0.args.llm_configs.${index}.${path}`);
  expect(other.sort()).toEqual(
    ["http_options.host", "http_options.port", ...ofEach(0), ...ofEach(1)].sort(),
  );
});

it("the twin's models have the names of those deployed, and are the pair's folders", () => {
  const models = twin.applications[0]?.args.llm_configs ?? [];
  expect(models.map(({ model_loading_config }) => model_loading_config)).toEqual([
    { model_id: "small", model_source: "/small" },
    { model_id: "large", model_source: "/large" },
  ]);
});
