import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Options } from "tsup";
import config from "../../tsup.config.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What the package says about the code of others that is built into it. */
export const NOTICES_FILE = `${ROOT}THIRD-PARTY-NOTICES.md`;

/** What that file should hold: name, version and licence of every package that the build takes in. */
export async function noticesText(): Promise<string> {
  const notices = await Promise.all((await bundledPackages()).map(noticeOf));
  return [
    "# Third-party notices",
    "",
    "`dist/` holds code of these packages. Made by `npm run notices` from what the build takes in.",
    "",
    ...notices.sort(),
  ].join("\n");
}

/** Folders of the packages whose files the build takes in. */
async function bundledPackages(): Promise<readonly string[]> {
  const out = await mkdtemp(join(tmpdir(), "glimprouter-notices-"));
  try {
    const folders = new Set<string>();
    for (const [index, options] of (config as readonly Options[]).entries()) {
      for (const file of await filesOf(options, join(out, String(index)))) {
        const name = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
        if (name !== undefined) folders.add(resolve(ROOT, name));
      }
    }
    return [...folders];
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function filesOf(options: Options, outDir: string): Promise<readonly string[]> {
  await build({
    ...options,
    config: false,
    format: "esm",
    outDir,
    dts: false,
    sourcemap: false,
    metafile: true,
    silent: true,
  });
  const { inputs } = JSON.parse(await readFile(join(outDir, "metafile-esm.json"), "utf8")) as {
    inputs: Record<string, unknown>;
  };
  return Object.keys(inputs);
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  ) as { name: string; version: string; license?: string };
  const file = (await readdir(folder)).find((each) => /^(licen[cs]e|copying)/i.test(each));
  if (license === undefined || file === undefined || !existsSync(join(folder, file))) {
    throw new Error(`${name} ${version} tells no licence: it cannot be built in.`);
  }
  const text = (await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim();
  return `## ${name} ${version}, ${license}\n\n\`\`\`text\n${text}\n\`\`\`\n`;
}
