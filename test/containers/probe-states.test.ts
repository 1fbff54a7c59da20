/** The three probes of a gateway that is not well; a desktop that is away is the pod's test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATEWAY_IMAGE } from './build-images.ts';
import { freePort } from './desktop-container.ts';
import { podman, TEST_NAME } from './podman.ts';
import { askProbe, probeStatus } from './probes.ts';

/** A gateway in a container of its own, with a test picture. */
interface Gateway {
  readonly name: string;
  readonly origin: string;
}

const ADDON =
  '/opt/oriel/node_modules/gstreamer-superficial/build/Release/gstreamer-superficial.node';

/** A gateway starts within seconds; so long on a loaded machine, in ms. */
const START_TIMEOUT_MS = 60_000;

/** The minute that /healthz gives an encoder, and its tries of 5 s around it, in ms. */
const BARREN_TIMEOUT_MS = 90_000;

let directory: string;
let well: Gateway;
/** Its encoders end before they make a picture: what they need does not load. */
let barren: Gateway;

async function startGateway(label: string, options: readonly string[] = []): Promise<Gateway> {
  const [name, port] = [`${TEST_NAME}-${label}`, await freePort()];
  await podman([
    ...['run', '--detach', '--name', name, '--no-healthcheck', '--read-only', '--cap-drop', 'ALL'],
    ...['--tmpfs', '/tmp:mode=1777', '--publish', `127.0.0.1:${port}:8080/tcp`, ...options],
    ...[GATEWAY_IMAGE, '--source', 'test'],
  ]);
  return { name, origin: `https://127.0.0.1:${port}` };
}

const status = (gateway: Gateway, path: string) => async (): Promise<number | undefined> =>
  probeStatus(gateway.origin, path);

/** What the HEALTHCHECK of the image runs; rejects where it says no. */
const healthCheck = ({ name }: Gateway): Promise<string> =>
  podman(['exec', name, 'node', '/opt/oriel/server/health-check.ts']);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oriel-probes-'));
  const broken = join(directory, 'broken.node');
  await writeFile(broken, 'no library', { mode: 0o644 });
  barren = await startGateway('barren', ['--volume', `${broken}:${ADDON}:ro`]);
  well = await startGateway('well');
});

afterAll(async () => {
  await podman(['rm', '--force', '--time', '10', well.name, barren.name]);
  await rm(directory, { recursive: true, force: true });
});

describe('the probes', () => {
  it('say that a gateway is well', async () => {
    await expect.poll(status(well, '/readyz'), { timeout: START_TIMEOUT_MS }).toBe(200);
    expect(await status(well, '/startupz')()).toBe(200);
    expect(await status(well, '/healthz')()).toBe(200);
    expect(await healthCheck(well)).toContain('"status":"ok"');
  });

  it('get no answer from a gateway that hangs, and one again when it goes on', async () => {
    const pid = Number(await podman(['inspect', '--format', '{{.State.Pid}}', well.name]));
    const gateway = (await podman(['top', well.name, 'hpid', 'args']))
      .split('\n')
      .find((line) => line.includes('node server/main.ts') && !line.includes('tini'));
    const hung = Number.parseInt(gateway ?? String(pid), 10);
    process.kill(hung, 'SIGSTOP');
    try {
      for (const path of ['/startupz', '/readyz', '/healthz']) {
        expect(await status(well, path)()).toBeUndefined();
      }
      await expect(healthCheck(well)).rejects.toThrow('no answer within');
    } finally {
      process.kill(hung, 'SIGCONT');
    }
    await expect.poll(status(well, '/healthz'), { timeout: START_TIMEOUT_MS }).toBe(200);
    await expect.poll(status(well, '/readyz'), { timeout: START_TIMEOUT_MS }).toBe(200);
  });

  it('say that no encoder runs, and after a minute of that that a new start is due', async () => {
    await expect.poll(status(barren, '/startupz'), { timeout: START_TIMEOUT_MS }).toBe(200);
    const ready = await askProbe(barren.origin, '/readyz');
    expect(ready).toMatchObject({
      status: 503,
      body: expect.stringContaining('no encoder is running') as string,
    });
    const reasons = async (): Promise<string> =>
      (await askProbe(barren.origin, '/healthz'))?.body ?? '';
    await expect.poll(reasons, { timeout: BARREN_TIMEOUT_MS }).toContain('no encoder stays alive');
    expect(await status(barren, '/healthz')()).toBe(503);
    expect(await status(barren, '/startupz')()).toBe(200);
    await expect(healthCheck(barren)).rejects.toThrow();
    const log = await podman(['logs', barren.name], { withErrors: true });
    expect(log).toContain('the addon gstreamer-superficial does not load');
  });
});
