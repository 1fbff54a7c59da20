import { describe, expect, it } from 'vitest';
import { DESKTOP_IMAGE, GATEWAY_IMAGE, imageBytes } from './build-images.ts';
import { podman } from './podman.ts';

/** Runs a command in a fresh container of the image. */
const inside = (image: string, command: string): Promise<string> =>
  podman([...['run', '--rm', '--no-healthcheck', '--entrypoint', 'sh', image, '-c', command]]);

describe.each([
  { image: GATEWAY_IMAGE, mostMegabytes: 650 },
  { image: DESKTOP_IMAGE, mostMegabytes: 900 },
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
  });

  it('reads its plugin registry instead of making one', async () => {
    const log = await inside(
      image,
      'GST_DEBUG=GST_REGISTRY:4 gst-inspect-1.0 --exists x264enc 2>&1',
    );
    expect(log).toContain('loaded /opt/oriel/gstreamer-registry.bin');
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
