import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Gateway } from '../../support/gateway.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';

const SEEN = { timeout: 15_000, interval: 100 };

/** The port that the log names. */
function metricsPort(gateway: Gateway): number {
  const line = gateway.log.find((one) => one.includes('metrics are served')) ?? '{}';
  return (JSON.parse(line) as { readonly port: number }).port;
}

/** Asks under any Host name, which fetch does not let one choose. */
async function status(port: number, headers: Record<string, string>): Promise<number> {
  const asked = request({ host: '127.0.0.1', port, path: '/metrics', headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

test('metrics are off unless asked for, and then tell of a viewer without naming it', async () => {
  const gateway = await Gateway.start(['--source', 'test', '--metrics', '--metrics-port', '0']);
  try {
    const port = metricsPort(gateway);
    const viewer = await HeadlessViewer.open(await gateway.link());
    const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await expect.poll(scrape, SEEN).toMatch(/oriel_pictures_sent_total [1-9]/);
    // What is looked at once a second.
    await expect
      .poll(scrape, SEEN)
      .toMatch(/oriel_link_round_trip_seconds_count\{transport="websocket"\} [1-9]/);
    const text = await scrape();
    expect(text).toContain('oriel_viewers{transport="websocket",role="controller"} 1');
    expect(text).toMatch(/oriel_stage_seconds_count\{stage="encode"\} [1-9]/);
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
    expect(text).toMatch(/oriel_encoder_running\{source="video"\} 1/);
    // A page of another site that is led to this address by its name.
    expect(await status(port, { host: 'rebound.example' })).toBe(403);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    viewer.close();
    await expect
      .poll(scrape, SEEN)
      .toContain('oriel_viewers{transport="websocket",role="controller"} 0');
  } finally {
    await gateway.stop();
  }
});

test('on any other address a token is asked for, and nothing starts without one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-metrics-'));
  const file = join(directory, 'token');
  await writeFile(file, 'correct-horse-battery-staple\n');
  const flags = ['--source', 'test', '--metrics', '--metrics-port', '0'];
  const everywhere = [...flags, '--metrics-host', '0.0.0.0'];
  await expect(Gateway.start(everywhere)).rejects.toThrow(/--metrics-token-file/);
  const gateway = await Gateway.start([...everywhere, '--metrics-token-file', file]);
  try {
    const port = metricsPort(gateway);
    const bearer = (token: string) => ({ host: 'any.example', authorization: `Bearer ${token}` });
    expect(await status(port, {})).toBe(401);
    expect(await status(port, bearer('wrong-horse-battery-staple'))).toBe(401);
    expect(await status(port, bearer('correct-horse-battery-staple'))).toBe(200);
  } finally {
    await gateway.stop();
    await rm(directory, { recursive: true });
  }
});
