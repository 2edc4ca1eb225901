import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { outputOf } from "../run-command.js";
import { nginxPlace } from "./install-place.js";

/** Debian keeps it where only root looks. */
const INSTALLED = ["nginx", "/usr/sbin/nginx"];

/**
 * The nginx to run: the machine's own, else Debian's package unpacked into the cache folder, which needs no root.
 *
 * @throws Error where there is neither, with what to install
 */
export async function requireNginx(): Promise<string> {
  const { unpacked } = nginxPlace();
  const program = join(unpacked, "usr", "sbin", "nginx");
  for (const candidate of [...INSTALLED, program]) {
    if (await runs(candidate)) return candidate;
  }
  await unpack(unpacked).catch(() => {});
  if (await runs(program)) return program;
  throw new Error(
    "nginx is not on the PATH, and apt-get could not download its package. Install it (a system package: nginx, nginx-light or nginx-core) and run this again.",
  );
}

async function runs(program: string): Promise<boolean> {
  return outputOf(program, ["-v"]).then(
    () => true,
    () => false,
  );
}

/** Up to Debian 11 the program is in nginx-light, since then in nginx itself. */
async function unpack(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ["nginx", "nginx-light"]) {
    await outputOf("apt-get", ["download", name], folder);
    const [archive] = (await readdir(folder)).filter((file) => file.startsWith(`${name}_`));
    if (archive !== undefined) await outputOf("dpkg", ["-x", archive, folder], folder);
    if (existsSync(join(folder, "usr", "sbin", "nginx"))) return;
  }
}
