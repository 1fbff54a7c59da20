import { afterEach, describe, expect, test } from 'vitest';
import { encoderByName, selectEncoder } from '../../../gst/encoders.ts';
import { probeEncoders } from '../../../gst/probe.ts';
import type { VideoSettings } from '../../../gst/settings.ts';
import { formatOf, type VideoCodec } from '../../../gst/video-codec.ts';
import { videoPipeline } from '../../../gst/video-pipeline.ts';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import {
  captureGapsMs,
  median,
  rateKbps,
  RunningSource,
  until,
} from '../../support/gst/running-source.ts';

interface Case {
  readonly codec: VideoCodec;
  /** Codec string of WebCodecs. */
  readonly name: RegExp;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** Whether a new target costs a keyframe: the element starts x265 again for it. */
  readonly keyAtNewTarget?: boolean;
  /** Faults that are there every time. */
  readonly faults?: Readonly<Record<string, number>>;
  /** Pictures from a request to the keyframe, at most; the encoders in software without a low delay need more. */
  readonly keyWithin: number;
}

/** In software HEVC and AV1 are slower than real time at any size worth watching: small and slow here. */
const SLOW = { width: 320, height: 180, frameRate: 15, keyWithin: 16 } as const;
const FAST = { width: 640, height: 360, frameRate: 30, keyWithin: 4 } as const;

const CASES: readonly Case[] = [
  { codec: 'h264', name: /^avc1\.42C0/, ...FAST },
  { codec: 'vp8', name: /^vp8$/, ...FAST },
  { codec: 'vp8-svc', name: /^vp8$/, ...FAST },
  { codec: 'vp9', name: /^vp09\.00\.\d\d\.08$/, ...FAST },
  { codec: 'hevc', name: /^hev1\.1\.6\.L\d+\.90$/, keyAtNewTarget: true, ...SLOW },
  {
    codec: 'av1',
    name: /^av01\.0\.\d\dM\.08$/,
    // rtpgstpay sends an event of the pipeline first, before there is a time to stamp it with.
    faults: { missingCaptureTimes: 1 },
    ...SLOW,
  },
];

let running: RunningSource | undefined;

async function start(
  { codec, width, height, frameRate }: Case,
  bitrateKbps = 1500,
): Promise<RunningSource> {
  const encoder = selectEncoder({ codec, wanted: 'auto' }, await probeEncoders());
  if (encoder === undefined) throw new Error(`no encoder of ${codec} is installed`);
  const { bitrateUnit, bitrateProperty, keyframeBy } = encoderByName(encoder);
  const settings: VideoSettings = {
    source: { type: 'test', pattern: 'smpte', width, height },
    frameRate,
    encoder,
    bitrateKbps,
  };
  running = new RunningSource(formatOf(codec), {
    description: () => videoPipeline(settings),
    bitrateUnit,
    bitrateProperty,
    keyframeBy,
  });
  return running;
}

afterEach(async () => {
  await running?.source.close();
  running = undefined;
});

const faultsOf = ({ stream }: RunningSource) =>
  Object.fromEntries(Object.entries(stream.faults).filter(([, count]) => count > 0));

const delaysMs = (units: readonly AccessUnit[]) =>
  units.map(({ captureTime, arrivalTime }) => Number(arrivalTime - captureTime) / 1e6);

describe.each(CASES)('$codec', (given) => {
  const { codec, name, width, height, frameRate, keyWithin } = given;

  test('comes out of the real encoder with its capture times', async () => {
    const video = await start(given);
    const units = await video.more(40, 30_000);
    expect(units[0]).toMatchObject({ codec: formatOf(codec), key: true, discontinuity: true });
    expect(units.slice(1).some(({ key, discontinuity }) => key || discontinuity)).toBe(false);
    expect(video.stream.parameters).toMatchObject({ width, height });
    expect(video.stream.parameters?.codec).toMatch(name);
    expect(units[0]?.parameters).toBe(video.stream.parameters);
    // A loaded machine leaves raw pictures out, and then whole ones: distances are multiples of one. Those of AV1 were seen up to
    // half a picture off, for a reason that is not known (docs/limits.md).
    for (const gapMs of captureGapsMs(units)) {
      expect(gapMs).toBeGreaterThan(0);
      const pictures = (gapMs * frameRate) / 1000;
      if (codec !== 'av1') expect(Math.abs(pictures - Math.round(pictures))).toBeLessThan(0.1);
    }
    // The stamp lies before the arrival by what encoding took: no more than a second on a loaded machine.
    expect(Math.min(...delaysMs(units))).toBeGreaterThan(-1);
    expect(median(delaysMs(units))).toBeLessThan(1000);
    expect(faultsOf(video)).toEqual(given.faults ?? {});
  });

  test('answers a request for a keyframe', async () => {
    const video = await start(given);
    await video.more(10, 30_000);
    const from = video.units.length;
    video.source.requestKeyframe();
    await until('a keyframe', () => video.units.slice(from).some(({ key }) => key), 20_000);
    const at = video.units.slice(from).findIndex(({ key }) => key);
    expect(at).toBeLessThanOrEqual(keyWithin);
    expect(video.units[from + at]).toMatchObject({ dependency: 0, discardable: false });
  });

  test('follows the bitrate without a keyframe', async () => {
    const video = await start(given);
    await video.more(40, 30_000);
    const before = rateKbps(await video.more(30, 30_000));
    video.source.setBitrate(150);
    await video.more(30, 30_000);
    const after = rateKbps(await video.more(30, 30_000));
    expect(after).toBeLessThan(before * 0.7);
    expect(video.units.slice(1).some(({ key }) => key)).toBe(given.keyAtNewTarget ?? false);
  });
});

describe('two temporal layers', () => {
  test('every second picture is of the upper layer, and no picture depends on one of those', async () => {
    const given = CASES.find(({ codec }) => codec === 'vp8-svc');
    if (given === undefined) throw new Error('no case');
    const video = await start(given);
    await video.more(21);
    video.source.requestKeyframe();
    const units = (await video.more(40), video.units);
    const upper = units.filter(({ temporalLayer }) => temporalLayer === 1);
    expect(upper.length).toBeGreaterThan(units.length / 2 - 4);
    for (const [index, unit] of units.entries()) {
      expect(unit.discardable).toBe(unit.temporalLayer === 1);
      if (unit.key) continue;
      expect(units[index - unit.dependency]?.discardable).toBe(false);
    }
  });
});
