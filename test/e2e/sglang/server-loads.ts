interface Server {
  readonly rootURL: string;
}

/** Requests that a server generates for now: `/v1/loads` tells without any option. */
async function runningRequests({ rootURL }: Server): Promise<number> {
  const reply = (await (await fetch(`${rootURL}/v1/loads`)).json()) as {
    loads: readonly { readonly num_running_reqs: number }[];
  };
  return reply.loads.reduce((sum, { num_running_reqs }) => sum + num_running_reqs, 0);
}

/** Milliseconds until a server generates nothing any more, asked as fast as it answers. */
export async function timeUntilIdle(server: Server): Promise<number> {
  const start = performance.now();
  while ((await runningRequests(server)) > 0);
  return performance.now() - start;
}
