import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseAllDocuments, parseDocument, stringify } from 'yaml';
import { launchChromium } from '../support/chromium.ts';
import { probeOf } from '../support/probe.ts';
import { freePort, openDesktop, probeStatus } from './desktop-container.ts';
import { podman, TEST_NAME } from './podman.ts';

/** Podman 4.3 mounts the text of a secret as it stands in the manifest, where Kubernetes decodes it: this one is both. */
const PASSWORD = Buffer.from('a password of the tests').toString('base64');

const LOGIN_KEY = randomBytes(32).toString('base64');

const POD = 'docker/kubernetes/plain/pod.yaml';

interface Container {
  name: string;
  startupProbe?: unknown;
  readinessProbe?: unknown;
  livenessProbe?: unknown;
  ports?: { containerPort: number; hostPort?: number; protocol: string }[];
}

interface Pod {
  metadata: { name: string };
  spec: { containers: Container[]; volumes: { secret?: { secretName: string } }[] };
}

let directory: string;
let port: number;
let origin: string;
let browser: Browser;

/**
 * The manifest of docker/kubernetes as it stands, with what a cluster adds: the settings, the secret, a way in. Probes are left to
 * the test, which asks as a kubelet does: podman runs them by systemd's timers, and there may be no systemd.
 */
async function manifestForPodman(): Promise<string> {
  const document = parseDocument(await readFile(POD, 'utf8'));
  const pod = document.toJS() as Pod;
  // A name of the tests, which tidy up by it; and the secret is not one that this machine's owner keeps.
  pod.metadata.name = TEST_NAME;
  for (const { secret } of pod.spec.volumes) if (secret) secret.secretName = TEST_NAME;
  for (const container of pod.spec.containers) {
    delete container.startupProbe;
    delete container.readinessProbe;
    delete container.livenessProbe;
    for (const at of container.ports ?? []) at.hostPort = port;
  }
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'oriel' },
    data: { ORIEL_PUBLIC_ORIGINS: origin, ORIEL_VIDEO_FRAME_RATE: '20' },
  };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: TEST_NAME },
    data: { password: PASSWORD, 'login-key': LOGIN_KEY },
  };
  const file = join(directory, 'pod.yaml');
  await writeFile(file, [settings, secret, pod].map((item) => stringify(item)).join('---\n'));
  return file;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oriel-pod-'));
  port = await freePort();
  origin = `https://127.0.0.1:${port}`;
  browser = await launchChromium();
  await podman(['kube', 'play', await manifestForPodman()]);
  await ready();
});

afterAll(async () => {
  await browser.close();
  await podman(['kube', 'down', join(directory, 'pod.yaml')]);
  await podman(['secret', 'rm', TEST_NAME]).catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

const ready = (): Promise<void> =>
  vi.waitFor(async () => expect(await probeStatus(origin, '/healthz')).toBe(200), {
    timeout: 60_000,
    interval: 200,
  });

const picture = async (transport: 'webtransport' | 'websocket'): Promise<void> => {
  const { page, context } = await openDesktop(browser, origin, { transport, password: PASSWORD });
  const probe = probeOf(page);
  await expect
    .poll(async () => (await probe.stats())?.video?.shown ?? 0, { timeout: 30_000 })
    .toBeGreaterThan(0);
  await expect.poll(async () => (await probe.stats())?.network?.transport).toBe(transport);
  await page.evaluate(() => fetch('/api/logout', { method: 'POST' }));
  await context.close();
};

describe('a desktop and the gateway beside it, in one pod', () => {
  it.each(['webtransport', 'websocket'] as const)('show their picture over %s', picture);

  it.each(['desktop', 'gateway'])('are back when the %s was killed', async (name) => {
    await podman(['kill', '--signal', 'KILL', `${TEST_NAME}-${name}`]);
    // The restart policy of the pod starts it again; where nothing watches over podman, this does.
    await podman(['start', `${TEST_NAME}-${name}`]).catch(() => undefined);
    await ready();
    await picture('websocket');
  });
});

it('the pod of each variant is the same', async () => {
  const containersOf = async (file: string): Promise<unknown> => {
    const [document] = parseAllDocuments(await readFile(file, 'utf8'));
    const item = document?.toJS() as { spec: { template: { spec: object } } };
    return item.spec.template.spec;
  };
  const plain = parseDocument(await readFile(POD, 'utf8')).toJS() as { spec: object };
  expect(await containersOf('docker/kubernetes/plain/deployment.yaml')).toEqual(plain.spec);
});
