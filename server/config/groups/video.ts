import { z } from 'zod';

import type { EncoderName } from '../../../gst/encoders.ts';
import type { VideoCodec } from '../../../gst/video-codec.ts';

const codecs = [
  'h264',
  'vp8',
  'vp8-svc',
  'vp9',
  'hevc',
  'av1',
] as const satisfies readonly VideoCodec[];

const encoders = [
  'auto',
  'x264enc',
  'openh264enc',
  'nvh264enc',
  'vah264enc',
  'vaapih264enc',
  'qsvh264enc',
  'vp8enc',
  'vp8enc-l1t2',
  'vp9enc',
  'vavp9enc',
  'nvh265enc',
  'vah265enc',
  'vaapih265enc',
  'qsvh265enc',
  'x265enc',
  'vaav1enc',
  'qsvav1enc',
  'av1enc',
] as const satisfies readonly (EncoderName | 'auto')[];

/** How the picture is coded. */
export const video = z
  .strictObject({
    frameRate: z.int().min(1).max(240).default(60).describe('Frames per second, at most.'),
    bitrateKbps: z
      .int()
      .min(100)
      .max(500_000)
      .default(8000)
      .describe('Bitrate of the picture that the encoder aims at on a good link.')
      .meta({ unit: 'kbit/s' }),
    codec: z
      .enum(codecs)
      .default('h264')
      .describe(
        'How the picture is coded at the start; vp8-svc is VP8 with two temporal layers. In software hevc and av1 are slower than real time.',
      ),
    encoder: z
      .enum(encoders)
      .default('auto')
      .describe('GStreamer encoder of that codec; auto takes the best one that works here.'),
  })
  .prefault({})
  .meta({ title: 'Picture' });
