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
