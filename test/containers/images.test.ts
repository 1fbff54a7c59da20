import { describe, expect, it } from 'vitest';
import { DESKTOP_IMAGE, GATEWAY_IMAGE, HARDWARE_IMAGE, imageBytes } from './build-images.ts';
import { freePort } from './desktop-container.ts';
import { podman, TEST_NAME } from './podman.ts';
import { probeStatus } from './probes.ts';

/** Runs a command in a fresh container of the image. */
const inside = (image: string, command: string): Promise<string> =>
  podman([...['run', '--rm', '--no-healthcheck', '--entrypoint', 'sh', image, '-c', command]]);

/** Where the images look for the list of GStreamer's plugins. */
const REGISTRY = '/opt/oriel/gstreamer/oriel-registry.bin';

const labelOf = async (image: string, label: string): Promise<string> =>
  (await podman(['image', 'inspect', '--format', `{{index .Labels "${label}"}}`, image])).trim();

describe.each([
  { image: GATEWAY_IMAGE, mostMegabytes: 650 },
  { image: DESKTOP_IMAGE, mostMegabytes: 900 },
  { image: HARDWARE_IMAGE, mostMegabytes: 1_000 },
])('the image $image', ({ image, mostMegabytes }) => {
  it(`is at most ${mostMegabytes} MB`, async () => {
    expect(await imageBytes(image)).toBeLessThanOrEqual(mostMegabytes * 1e6);
  });

  it('runs as a user who is not root, and brings no build tools', async () => {
    expect((await inside(image, 'id -u')).trim()).toBe('1000');
    const tools = await inside(
      image,
      'for t in gcc g++ make npm pkg-config; do command -v $t || true; done',
    );
    expect(tools).toBe('');
  });

  it('lists what is inside', async () => {
    const sbom = JSON.parse(await inside(image, 'cat /opt/oriel/sbom.spdx.json')) as {
      spdxVersion: string;
      packages: { name: string }[];
    };
    expect(sbom.spdxVersion).toMatch(/^SPDX-/);
    expect(sbom.packages.map(({ name }) => name)).toContain('gstreamer-superficial');
    expect(sbom.packages.map(({ name }) => name)).toContain(`node-linux-${process.arch}`);
  });

  it('lists the packages of Debian inside, each as it is', async () => {
    const [document = '', ...listing] = (
      await inside(
        image,
        `cat /opt/oriel/debian.spdx.json; echo; dpkg-query -W -f '\${db:Status-Status} \${Package} \${Version}\\n'`,
      )
    ).split('\n');
    const sbom = JSON.parse(document) as {
      spdxVersion: string;
      packages: { name: string; versionInfo: string }[];
    };
    expect(sbom.spdxVersion).toBe('SPDX-2.3');
    const listed = sbom.packages.map(({ name, versionInfo }) => `installed ${name} ${versionInfo}`);
    expect(listed.sort()).toEqual(listing.filter((line) => line.startsWith('installed ')).sort());
    expect(listed.length).toBeGreaterThan(100);
  });

  it('has labels and a health check', async () => {
    const [labels, check] = (
      await podman([
        'image',
        'inspect',
        '--format',
        '{{json .Labels}}\n{{json .HealthCheck}}',
        image,
      ])
    ).split('\n');
    expect(JSON.parse(labels ?? '{}')).toHaveProperty(['org.opencontainers.image.licenses'], 'MIT');
    expect(check).toContain('health-check.ts');
  });
});

describe.each([GATEWAY_IMAGE, DESKTOP_IMAGE])('the image %s', (image) => {
  it('reads its plugin registry instead of making one', async () => {
    const log = await inside(
      image,
      'GST_DEBUG=GST_REGISTRY:4 gst-inspect-1.0 --exists x264enc 2>&1',
    );
    expect(log).toContain(`loaded ${REGISTRY}`);
  });

  it('has no plugins of graphics cards, and says so', async () => {
    expect(await labelOf(image, 'org.oriel.hardware')).toBe('0');
    await expect(inside(image, 'gst-inspect-1.0 nvcodec')).rejects.toThrow();
  });
});

describe(`the image ${HARDWARE_IMAGE}`, () => {
  it('has the plugins and the drivers of graphics cards, and says so', async () => {
    expect(await labelOf(HARDWARE_IMAGE, 'org.oriel.hardware')).toBe('1');
    const found = await inside(
      HARDWARE_IMAGE,
      'for name in nvcodec va openh264; do gst-inspect-1.0 $name > /dev/null && echo $name; done; ls /usr/lib/*/dri',
    );
    expect(found).toMatch(/^nvcodec\nva\nopenh264\n/);
    expect(found).toMatch(/^\w+_drv_video\.so$/m);
  });

  it('makes its plugin registry where it runs, since a card has to be seen', async () => {
    const log = await inside(
      HARDWARE_IMAGE,
      `ls ${REGISTRY}; gst-inspect-1.0 --exists x264enc; GST_DEBUG=GST_REGISTRY:4 gst-inspect-1.0 --exists x264enc 2>&1`,
    );
    expect(log).not.toMatch(new RegExp(`^${REGISTRY}`, 'm'));
    expect(log).toContain(`loaded ${REGISTRY}`);
  });

  it('starts, read-only and without capabilities, and encodes with what only it has', async () => {
    const [name, port] = [`${TEST_NAME}-hardware`, await freePort()];
    await podman([
      ...['run', '--detach', '--name', name, '--no-healthcheck', '--read-only', '--cap-drop'],
      ...['ALL', '--tmpfs', '/tmp:mode=1777', '--publish', `127.0.0.1:${port}:8080/tcp`],
      ...[HARDWARE_IMAGE, '--source', 'test', '--video-encoder', 'openh264enc'],
    ]);
    try {
      const ready = (): Promise<number | undefined> =>
        probeStatus(`https://127.0.0.1:${port}`, '/readyz');
      await expect.poll(ready, { timeout: 60_000 }).toBe(200);
      const log = await podman(['logs', name], { withErrors: true });
      expect(log).toContain('"encoder":"openh264enc"');
    } finally {
      await podman(['rm', '--force', '--time', '10', name]);
    }
  });
});

describe('a container that cannot start ends with a code that tells why', () => {
  it.each([
    {
      why: 'a wrong setting',
      args: ['--env', 'ORIEL_PORTT=1', DESKTOP_IMAGE],
      code: 2,
      says: 'ORIEL_PORTT: unknown variable',
    },
    {
      why: 'a wrong setting of the gateway alone',
      args: ['--env', 'ORIEL_PORTT=1', GATEWAY_IMAGE],
      code: 2,
      says: 'ORIEL_PORTT: unknown variable',
    },
    {
      why: 'an unknown service',
      args: ['--env', 'DESKTOP_SERVICES=dekstop', DESKTOP_IMAGE],
      code: 64,
      says: 'expected desktop, gateway or both, got dekstop',
    },
    {
      why: 'a shared folder that cannot be written',
      args: ['--env', 'DESKTOP_SHARED=/proc/oriel', DESKTOP_IMAGE],
      code: 70,
      says: '/proc/oriel cannot be written',
    },
  ])('$why: $code', async ({ args, code, says }) => {
    const run = podman(['run', '--rm', '--no-healthcheck', '--read-only', ...args]);
    await expect(run).rejects.toMatchObject({
      message: expect.stringContaining(says) as string,
      cause: { code },
    });
  });
});
