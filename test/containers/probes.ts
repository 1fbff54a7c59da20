import { request } from 'node:https';

/** What a probe answers, as a kubelet asks; undefined while nothing listens. */
export async function askProbe(
  origin: string,
  path: string,
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  return new Promise((resolve) => {
    request(`${origin}${path}`, { rejectUnauthorized: false, timeout: 3_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('timeout', () => resolve(undefined))
      .on('error', () => resolve(undefined))
      .end();
  });
}

/** The status of a probe; undefined while nothing listens. */
export const probeStatus = async (origin: string, path: string): Promise<number | undefined> =>
  (await askProbe(origin, path))?.status;
