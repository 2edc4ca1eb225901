import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What npm would publish. */
let packed: readonly string[];
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", "--dry-run", "--json", "--ignore-scripts"],
    { cwd: ROOT },
  );
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  packed = files.map(({ path }) => path);
}, 60_000);

/** Relative links of a page, without what stands in code. */
function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.split("#")[0] ?? "")
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

describe("U8: what npm shows of the package", () => {
  it("every relative link of README, docs and the other pages is in the tarball", async () => {
    const pages = packed.filter((path) => path.endsWith(".md") && !path.startsWith("node_modules"));
    expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/doctor.md"]));
    const lost: string[] = [];
    for (const page of pages) {
      for (const link of linksOf(await readFile(new URL(page, `file://${ROOT}`), "utf8"))) {
        const target = posix.normalize(posix.join(posix.dirname(page), link));
        const isThere = packed.some(
          (path) => path === target || path.startsWith(target.replace(/\/*$/, "/")),
        );
        if (!isThere) lost.push(`${page}: ${link}`);
      }
    }
    expect(lost).toEqual([]);
  });

  it("names its repository, its home page, and where to tell a fault, all of one owner", async () => {
    const { author, repository, homepage, bugs } = JSON.parse(
      await readFile(`${ROOT}package.json`, "utf8"),
    );
    const owner = /github\.com\/([\w.-]+)\/langchain-glimprouter/.exec(repository.url)?.[1];
    expect(owner).toBeTruthy();
    const home = `https://github.com/${owner}/langchain-glimprouter`;
    expect({ repository: repository.url, homepage, bugs: bugs.url }).toEqual({
      repository: `git+${home}.git`,
      homepage: `${home}#readme`,
      bugs: `${home}/issues`,
    });
    expect(author).toBeTruthy();
  });
});
