import { NEVER, type Encoder, type EncoderSettings } from './encoder.ts';
import { quote } from './description.ts';

/**
 * What VP8 and VP9 share. The rate control's buffer of some frames bounds how far a picture may go above its share (the defaults
 * are seconds), and a keyframe costs three pictures at most. Without `keyframe-mode=disabled` a scene change costs a keyframe
 * that nobody asked for. `static-threshold=100` is libvpx's own advice for screens.
 */
const lowDelay = ({ bitrateKbps }: EncoderSettings): string =>
  `deadline=1 end-usage=cbr target-bitrate=${bitrateKbps * 1000} lag-in-frames=0 ` +
  `keyframe-mode=disabled keyframe-max-dist=${NEVER} max-intra-bitrate=300 ` +
  'buffer-size=200 buffer-initial-size=100 buffer-optimal-size=120 static-threshold=100 threads=2';

const vpx = {
  bitrateProperty: 'target-bitrate',
  bitrateUnit: 'bps',
  keyframeBy: 'event',
  inputFormat: 'I420',
} as const;

const vp8: Encoder = {
  ...vpx,
  name: 'vp8enc',
  element: 'vp8enc',
  codec: 'vp8',
  measured: true,
  isRealTime: true,
  caps: () => 'video/x-vp8',
  properties: (settings) => `${lowDelay(settings)} cpu-used=16`,
};

/** Every picture refers to the last base picture alone, since nothing else is ever updated. */
const BASE = 'no-ref-golden+no-ref-alt+no-upd-golden+no-upd-alt';
const UPPER = `${BASE}+no-upd-last+no-upd-entropy`;

/**
 * Two temporal layers (L1T2): every second picture updates no buffer and no probabilities, so that the next one does not miss it.
 * Only the frame flags are set: what libvpx itself calls layers wants a rate for each of them, in a property that cannot be set
 * while the pipeline runs, nor in a description (GStreamer 1.22). The payloader marks the upper pictures as non-reference.
 */
const vp8Layers: Encoder = {
  ...vp8,
  name: 'vp8enc-l1t2',
  codec: 'vp8-svc',
  properties: (settings) =>
    `${vp8.properties(settings)} temporal-scalability-layer-flags=${quote(`<${BASE},${UPPER}>`)}`,
};

const vp9: Encoder = {
  ...vpx,
  name: 'vp9enc',
  element: 'vp9enc',
  codec: 'vp9',
  measured: true,
  isRealTime: true,
  caps: () => 'video/x-vp9,profile=(string)0',
  // From cpu-used=5 on libvpx 1.12 leaves a block of the picture before for one picture where the mean of its surroundings stays the
  // same (16 white pixels beside 16 black ones that change places), at a constant bit rate while the quantizer is high: 3 to 10 of
  // the 24 pictures after a keyframe in a painted row, none later. 4 leaves none and costs 1.9 to 3.5 times the CPU of 6 (25 to 43 ms
  // of 720p on two cores), with `vbr` there are none either, but at 1 Mbit/s it makes 6.9 of noise.
  properties: (settings) =>
    `${lowDelay(settings)} cpu-used=6 row-mt=true frame-parallel-decoding=false`,
};

const vaVp9: Encoder = {
  name: 'vavp9enc',
  element: 'vavp9enc',
  codec: 'vp9',
  bitrateProperty: 'bitrate',
  bitrateUnit: 'kbps',
  keyframeBy: 'event',
  inputFormat: 'NV12',
  measured: false,
  isRealTime: true,
  caps: () => 'video/x-vp9,profile=(string)0',
  properties: ({ bitrateKbps }) =>
    `rate-control=cbr key-int-max=0 target-usage=7 bitrate=${bitrateKbps}`,
};

/** Encoders of VP8, one of them with two temporal layers, and of VP9. */
export const vpxEncoders: readonly Encoder[] = [vp8, vp8Layers, vp9, vaVp9];
