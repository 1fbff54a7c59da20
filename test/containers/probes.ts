import { request } from 'node:https';

/** A gateway that takes longer gives no answer, in ms. */
const PROBE_TIMEOUT_MS = 3_000;

/** What a probe answers, as a kubelet asks; undefined while nothing listens, or answers. */
export async function askProbe(
  origin: string,
  path: string,
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  return new Promise((resolve) => {
    const options = { rejectUnauthorized: false, timeout: PROBE_TIMEOUT_MS };
    const asked = request(`${origin}${path}`, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('timeout', () => asked.destroy())
      // Also what `destroy` ends with.
      .on('close', () => resolve(undefined))
      .on('error', () => resolve(undefined));
    asked.end();
  });
}

/** The status of a probe; undefined while nothing listens. */
export const probeStatus = async (origin: string, path: string): Promise<number | undefined> =>
  (await askProbe(origin, path))?.status;

/** The statuses of the three probes at about one moment, and why `/readyz` says no. */
export interface ProbeAnswers {
  readonly startup: number | undefined;
  readonly ready: number | undefined;
  readonly live: number | undefined;
  /** The body of `/readyz`; empty while nothing listens. */
  readonly said: string;
}

/** Asks all three. */
export async function askProbes(origin: string): Promise<ProbeAnswers> {
  const [startup, ready, live] = await Promise.all(
    ['/startupz', '/readyz', '/healthz'].map((path) => askProbe(origin, path)),
  );
  return {
    startup: startup?.status,
    ready: ready?.status,
    live: live?.status,
    said: ready?.body ?? '',
  };
}
