import { afterEach, expect, test } from 'vitest';
import { encoderByName, selectEncoder } from '../../../gst/encoders.ts';
import { probeEncoders } from '../../../gst/probe.ts';
import { formatOf, type VideoCodec } from '../../../gst/video-codec.ts';
import { videoPipeline } from '../../../gst/video-pipeline.ts';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { startMediaSource } from '../../../server/media/media-source.ts';
import { SwitchingVideo, type RunningVideo } from '../../../server/media/switching-video.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { captureGapsMs, until } from '../../support/gst/running-source.ts';

let video: SwitchingVideo | undefined;

afterEach(async () => {
  await video?.close();
  video = undefined;
});

const CODECS = ['h264', 'vp8', 'vp9'] as const satisfies readonly VideoCodec[];

test('real encoders take over from each other at a keyframe, and no picture is missed for long', async () => {
  const available = await probeEncoders();
  const start = (codec: VideoCodec): RunningVideo => {
    const encoder = selectEncoder({ codec, wanted: 'auto' }, available);
    if (encoder === undefined) throw new Error(`no encoder of ${codec}`);
    const { bitrateUnit, bitrateProperty, keyframeBy } = encoderByName(encoder);
    const source = startMediaSource({
      name: 'video',
      codec: formatOf(codec),
      description: () =>
        videoPipeline({
          source: { type: 'test', pattern: 'ball', width: 320, height: 180 },
          frameRate: 30,
          encoder,
          bitrateKbps: 1000,
        }),
      bitrateUnit,
      bitrateProperty,
      keyframeBy,
      env: {},
      canRest: false,
      logger: silentLogger,
    });
    return { name: codec, encoder, source };
  };
  const switching = new SwitchingVideo({ codecs: CODECS, start, logger: silentLogger });
  video = switching;
  const units: AccessUnit[] = [];
  switching.subscribe({ accessUnit: (unit) => units.push(unit) });
  await until('pictures', () => units.length > 10);
  for (const codec of ['vp8', 'vp9', 'auto'] as const) {
    switching.setCodec(codec);
    const wanted = codec === 'auto' ? 'h264' : codec;
    await until(`pictures of ${wanted}`, () => units.at(-1)?.codec === wanted);
    const from = units.length;
    await until('more of them', () => units.length > from + 10);
  }
  const first = units.filter(({ codec }, index) => codec !== units[index - 1]?.codec);
  expect(first.map(({ codec }) => codec)).toEqual(['h264', 'vp8', 'vp9', 'h264']);
  for (const unit of first) expect(unit).toMatchObject({ key: true, discontinuity: true });
  expect(first.map(({ parameters }) => parameters?.codec.split('.', 1)[0])).toEqual([
    'avc1',
    'vp8',
    'vp09',
    'avc1',
  ]);
  // Make before break: a new child takes 150 ms and more from its fork; less than that is missed.
  expect(Math.max(...captureGapsMs(units))).toBeLessThan(150);
  expect(switching.parameters?.width).toBe(320);
});
