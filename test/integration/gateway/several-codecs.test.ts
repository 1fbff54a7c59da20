/** Viewers whose browsers decode different kinds of video in front of one desktop, through a real gateway and real encoders. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Gateway } from '../../support/gateway.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';

const H264 = 'avc1.42C028';
const VP8 = 'vp8';

let gateway: Gateway;
const viewers: HeadlessViewer[] = [];

beforeEach(async () => {
  gateway = await Gateway.start([
    '--source',
    'test',
    '--desktop-width',
    '640',
    '--desktop-height',
    '360',
  ]);
});

afterEach(async () => {
  for (const viewer of viewers.splice(0)) viewer.close();
  expect(await gateway.stop()).toBe(0);
});

async function watch(...video: readonly string[]): Promise<HeadlessViewer> {
  const viewer = await HeadlessViewer.open(await gateway.link(), undefined, video);
  viewers.push(viewer);
  return viewer;
}

/** The newest keyframe of a viewer, without profile and level. */
const kindOf = (viewer: HeadlessViewer): string | undefined =>
  viewer.keyCodecs.at(-1)?.split('.', 1)[0];

test('a viewer who cannot decode the running kind gets one that everybody can, and the others keep their picture', async () => {
  const ann = await watch(H264, VP8);
  await expect.poll(() => kindOf(ann), { timeout: 20_000 }).toBe('avc1');
  expect(ann.stream?.offers.codecs).toEqual(expect.arrayContaining(['h264', 'vp8']));
  const bob = await watch(VP8);
  await expect.poll(() => kindOf(bob), { timeout: 20_000 }).toBe('vp8');
  await expect.poll(() => kindOf(ann), { timeout: 20_000 }).toBe('vp8');
  expect(bob.keyCodecs.filter((codec) => codec !== VP8)).toEqual([]);
  expect(ann.stream?.offers.codecs).not.toContain('h264');
  expect(bob.stream?.video.name).toMatch(/^vp8/);
  bob.close();
  await expect.poll(() => kindOf(ann), { timeout: 20_000 }).toBe('avc1');
  expect(ann.closeCode).toBeUndefined();
});

test('a viewer for whom there is none is told so', async () => {
  const ann = await watch(H264);
  await expect.poll(() => kindOf(ann), { timeout: 20_000 }).toBe('avc1');
  const bob = await watch(VP8);
  await expect.poll(() => bob.closeReason, { timeout: 10_000 }).toMatch(/others here can/);
  const cid = await watch('theora');
  await expect.poll(() => cid.closeReason, { timeout: 10_000 }).toMatch(/use another browser/);
  expect([bob.keyCodecs, cid.keyCodecs]).toEqual([[], []]);
  expect(ann.closeCode).toBeUndefined();
});
