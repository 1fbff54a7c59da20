import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freeDisplay, freePort, X_SOCKETS } from './desktop-container.ts';
import { podman, TEST_NAME } from './podman.ts';

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

/** A pod of the manifest in docker/kubernetes, played by podman. */
export interface DesktopPod {
  /** Where its page is. */
  readonly origin: string;
  readonly password: string;
  /** DISPLAY, XAUTHORITY and PULSE_SERVER for programs outside, by way of the folders that the two containers share. */
  readonly env: Readonly<Record<string, string>>;
  /** The name of one of its containers for podman. */
  container(name: 'desktop' | 'gateway'): string;
  close(): Promise<void>;
}

/** Plays the pod; its containers have been started, not more. */
export async function playDesktopPod(): Promise<DesktopPod> {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-pod-'));
  const port = await freePort();
  const origin = `https://127.0.0.1:${port}`;
  // Podman 4.3 mounts the text of a secret as it stands, where Kubernetes decodes it: these are secrets either way.
  const password = Buffer.from('a password of the tests').toString('base64');
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
    data: { password, 'login-key': randomBytes(32).toString('base64') },
  };
  const file = join(directory, 'pod.yaml');
  const items = [settings, secret, await podForPodman(port)];
  await writeFile(file, items.map((item) => stringify(item)).join('---\n'));
  await podman(['kube', 'play', file]);
  const container = (name: 'desktop' | 'gateway'): string => `${TEST_NAME}-${name}`;
  const outside = await sharedFolders(container('desktop'));
  return {
    origin,
    password,
    env: outside.env,
    container,
    close: async () => {
      await rm(outside.socket, { force: true });
      await podman(['kube', 'down', file]);
      await podman(['secret', 'rm', TEST_NAME]).catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * The manifest as it stands, with a way in. Probes are left to the test, which asks as a kubelet does: podman runs them by systemd's
 * timers, and there may be no systemd.
 */
async function podForPodman(port: number): Promise<Pod> {
  const pod = parse(await readFile(POD, 'utf8'), { version: '1.1' }) as Pod;
  // A name of the tests, which tidy up by it; and the secret is not one that this machine's owner keeps.
  pod.metadata.name = TEST_NAME;
  for (const { secret } of pod.spec.volumes) if (secret) secret.secretName = TEST_NAME;
  for (const container of pod.spec.containers) {
    delete container.startupProbe;
    delete container.readinessProbe;
    delete container.livenessProbe;
    for (const at of container.ports ?? []) at.hostPort = port;
  }
  return pod;
}

/** The pod's display and sound as programs outside reach them: the folders are mounted on this machine, the socket is linked. */
async function sharedFolders(
  name: string,
): Promise<{ readonly env: DesktopPod['env']; readonly socket: string }> {
  const format = '{{range .Mounts}}{{.Destination}} {{.Source}}\n{{end}}';
  const mounts = (await podman(['inspect', '--format', format, name])).split('\n');
  const outside = (inside: string): string => {
    const found = mounts.find((line) => line.startsWith(`${inside} `));
    if (found === undefined) throw new Error(`${name}: expected a mount at ${inside}`);
    return found.slice(inside.length + 1);
  };
  const display = await freeDisplay();
  const socket = join(X_SOCKETS, `X${display}`);
  await symlink(join(outside(X_SOCKETS), 'X0'), socket);
  const shared = join(outside('/run/oriel'), 'desktop');
  return {
    socket,
    env: {
      DISPLAY: `:${display}`,
      XAUTHORITY: join(shared, 'Xauthority'),
      PULSE_SERVER: `unix:${join(shared, 'pulse.socket')}`,
    },
  };
}
