import { readFile } from "node:fs/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { parse } from "yaml";
import { readServeArguments } from "../../src/cli/serve-arguments.js";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const parsed = async (path: string) => parse(await read(path), { merge: true });

interface ComposeService {
  readonly image: string;
  readonly ports: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly environment: Readonly<Record<string, string>>;
  readonly deploy: {
    readonly resources: {
      readonly reservations: {
        readonly devices: readonly { readonly device_ids: readonly string[] }[];
      };
    };
  };
}

interface RayModel {
  readonly model_loading_config: { readonly model_id: string; readonly model_source: string };
  readonly engine_kwargs: Readonly<Record<string, unknown>>;
  readonly accelerator_type: string;
  readonly deployment_config: {
    readonly autoscaling_config: { readonly min_replicas: number; readonly max_replicas: number };
  };
}

const ROLES = [
  { role: "small", port: 8101, gpu: "0" },
  { role: "large", port: 8102, gpu: "1" },
] as const;

async function composeService(role: string): Promise<ComposeService> {
  const { services } = (await parsed("deploy/compose.yaml")) as {
    services: Record<string, ComposeService>;
  };
  expect(Object.keys(services)).toEqual(["small", "large"]);
  const service = services[role];
  if (service === undefined) throw new Error(`No service ${role}.`);
  return service;
}

async function rayModels(): Promise<readonly RayModel[]> {
  const { applications } = (await parsed("deploy/ray-serve-llm.yaml")) as {
    applications: {
      import_path: string;
      route_prefix: string;
      args: { llm_configs: RayModel[] };
    }[];
  };
  const [application, ...others] = applications;
  expect(others).toEqual([]);
  expect(application).toMatchObject({
    import_path: "ray.serve.llm:build_openai_app",
    route_prefix: "/",
  });
  return application?.args.llm_configs ?? [];
}

describe.each(ROLES)("deploy/compose.yaml, $role", ({ role, port, gpu }) => {
  it("is served where the example and the docs look for it", async () => {
    const { ports, command } = await composeService(role);
    expect(ports).toEqual([`127.0.0.1:${port}:8000`]);
    expect(command).toContain(`--served-model-name=${role}`);
    const variable = role.toUpperCase();
    expect(await read("examples/vllm.ts")).toContain(
      `server(env.${variable}_URL ?? "http://127.0.0.1:${port}/v1", env.${variable}_MODEL ?? "${role}")`,
    );
    const docs = await read("docs/servers/vllm.md");
    expect(docs).toContain(`--served-model-name ${role}`);
    expect(docs).toContain(`--port ${port}`);
    expect(docs).toContain(`vllm serve ${command[0]}`);
  });

  it("has its own GPU, a release that is named, and says when it is up", async () => {
    const { image, healthcheck, deploy } = await composeService(role);
    expect(image).toMatch(/^vllm\/vllm-openai:v\d+\.\d+\.\d+$/);
    expect(healthcheck.test.join(" ")).toContain("http://127.0.0.1:8000/health");
    const [device] = deploy.resources.reservations.devices;
    expect(device?.device_ids).toEqual([gpu]);
  });

  it("takes its token from the environment", async () => {
    const { environment } = await composeService(role);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: docker compose reads it
    expect(environment.HF_TOKEN).toBe("${HF_TOKEN:-}");
  });
});

describe("deploy/ray-serve-llm.yaml", () => {
  it("serves the models of compose.yaml under the same names, as long as each other", async () => {
    const models = await rayModels();
    for (const [index, { role }] of ROLES.entries()) {
      const { command } = await composeService(role);
      expect(models[index]?.model_loading_config).toEqual({
        model_id: role,
        model_source: command[0],
      });
      const parser = command.find((argument) => argument.startsWith("--reasoning-parser="));
      expect(parser).toBe(`--reasoning-parser=${models[index]?.engine_kwargs.reasoning_parser}`);
    }
    expect(new Set(models.map(({ engine_kwargs }) => engine_kwargs.max_model_len)).size).toBe(1);
  });

  it("keeps a replica of each up", async () => {
    for (const { deployment_config, accelerator_type } of await rayModels()) {
      const { min_replicas, max_replicas } = deployment_config.autoscaling_config;
      expect(min_replicas).toBe(1);
      expect(max_replicas).toBeGreaterThanOrEqual(min_replicas);
      expect(accelerator_type).toMatch(/^[A-Z]+\d+/);
    }
  });
});

describe.each(["deploy/compose.yaml", "deploy/ray-serve-llm.yaml"])("%s", (path) => {
  it("says that it was not run here", async () => {
    expect(await read(path)).toContain("NOT RUN");
  });

  it("holds no secret", async () => {
    const text = await read(path);
    expect(text).not.toMatch(/\b(hf_|sk-)[A-Za-z0-9]{8,}/);
    const values = text.matchAll(/(?:token|password|secret|api[_-]?key)\w*["']?\s*[:=]\s*(\S+)/gi);
    for (const [, value] of values) expect(value).toMatch(/^(\$\{|\.\.\.)/);
  });
});

describe("deploy/serve.Containerfile", () => {
  it("starts `serve` for others, with a key, and all that it needs installed", async () => {
    const text = await read("deploy/serve.Containerfile");
    const [, entry = ""] = /^ENTRYPOINT (\[.*\])$/m.exec(text) ?? [];
    const [program, command, ...args] = JSON.parse(entry) as string[];
    expect([program, command]).toEqual(["/app/node_modules/.bin/glimprouter", "serve"]);
    vi.stubEnv("SERVE_KEY", "s3cret");
    onTestFinished(() => void vi.unstubAllEnvs());
    const asked = readServeArguments(args);
    expect(asked).toMatchObject({ host: "0.0.0.0", port: 8787, apiKey: "s3cret", page: true });
    expect(text).toContain("EXPOSE 8787\n");
    expect(text).toContain("@langchain/openai node-llama-cpp");
  });
});
