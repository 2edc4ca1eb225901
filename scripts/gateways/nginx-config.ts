import type { Role } from "../python-server/serve-pair.js";

/** Ways to put nginx in front of a server. Each is a folder of one address: `/WAY/small/v1`. */
export const NGINX_WAYS = ["defaults", "unbuffered", "v1-only", "gzip"] as const;
export type NginxWay = (typeof NGINX_WAYS)[number];

/** Only what a way is about: all else is as nginx has it. */
const DIRECTIVES: Readonly<Record<NginxWay, string>> = {
  defaults: "",
  unbuffered: "proxy_buffering off; proxy_http_version 1.1;",
  "v1-only": "",
  gzip: "gzip on; gzip_types *; proxy_http_version 1.1;",
};

/** @param upstream - the servers' own addresses, without `/v1` */
export function nginxConfig(port: number, upstream: Readonly<Record<Role, string>>): string {
  const locations = NGINX_WAYS.flatMap((way) =>
    (["small", "large"] as const).map((role) => location(way, role, upstream[role])),
  );
  return `daemon off;
# One process, which keeps its user: no folder has to be another's.
master_process off;
pid nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port};
    location = /up { return 204; }
${locations.join("\n")}
  }
}
`;
}

function location(way: NginxWay, role: Role, upstream: string): string {
  const path = way === "v1-only" ? "/v1/" : "/";
  return `    location /${way}/${role}${path} { proxy_pass ${upstream}${path}; ${DIRECTIVES[way]} }`;
}
