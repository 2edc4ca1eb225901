import { ApiError } from "../api-error.js";

interface AllowedSources {
  readonly hosts?: readonly string[] | undefined;
  readonly cors?: string | undefined;
}

/**
 * Refuses what a web page of somebody else may send to this machine: a name of its own that it has pointed here, or an
 * origin of its own.
 *
 * @throws ApiError 403
 */
export function checkSource(request: Request, { hosts, cors }: AllowedSources): void {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  if (hosts !== undefined && !hosts.includes(nameOf(host))) {
    throw new ApiError(403, "This server does not answer to that `Host`.", { code: "wrong_host" });
  }
  const origin = request.headers.get("origin");
  if (origin === null || origin === cors || hostOf(origin) === host) return;
  throw new ApiError(403, "Web pages of that `Origin` may not ask here: --cors ORIGIN.", {
    code: "wrong_origin",
  });
}

/** Without the port, and without the brackets of an IPv6 address. */
function nameOf(host: string): string {
  const { hostname } = parsed(`http://${host}`) ?? { hostname: "" };
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function hostOf(origin: string): string | null {
  return parsed(origin)?.host ?? null;
}

function parsed(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
