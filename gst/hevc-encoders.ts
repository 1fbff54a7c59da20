import { NEVER, type Encoder } from './encoder.ts';

const hevc = {
  codec: 'hevc',
  bitrateProperty: 'bitrate',
  bitrateUnit: 'kbps',
  keyframeBy: 'event',
  caps: () => 'video/x-h265,stream-format=byte-stream,alignment=au,profile=main',
} as const;

const x265: Encoder = {
  ...hevc,
  name: 'x265enc',
  element: 'x265enc',
  inputFormat: 'I420',
  measured: true,
  isRealTime: false,
  // open-gop=0: a keyframe is an IDR, after which nothing refers to what was before it. frame-threads=1: no picture is held back.
  properties: ({ bitrateKbps, vbvBufferMs = 50 }) =>
    `tune=zerolatency speed-preset=ultrafast bitrate=${bitrateKbps} key-int-max=${NEVER} ` +
    'option-string=info=0:scenecut=0:open-gop=0:bframes=0:rc-lookahead=0:frame-threads=1:' +
    `vbv-maxrate=${bitrateKbps}:vbv-bufsize=${Math.max(1, Math.round((bitrateKbps * vbvBufferMs) / 1000))}`,
};

const hardware = (name: Encoder['name'], properties: Encoder['properties']): Encoder => ({
  ...hevc,
  name,
  element: name,
  inputFormat: 'NV12',
  measured: false,
  isRealTime: true,
  properties,
});

/** Encoders of HEVC: hardware first, since the one in software is slower than real time. */
export const hevcEncoders: readonly Encoder[] = [
  hardware(
    'nvh265enc',
    ({ bitrateKbps }) =>
      `preset=low-latency-hp rc-mode=cbr zerolatency=true bframes=0 gop-size=-1 bitrate=${bitrateKbps}`,
  ),
  hardware(
    'vah265enc',
    ({ bitrateKbps }) =>
      `rate-control=cbr b-frames=0 key-int-max=0 target-usage=7 bitrate=${bitrateKbps}`,
  ),
  hardware(
    'vaapih265enc',
    ({ bitrateKbps }) => `rate-control=cbr max-bframes=0 quality-level=7 bitrate=${bitrateKbps}`,
  ),
  hardware(
    'qsvh265enc',
    ({ bitrateKbps }) => `low-latency=true b-frames=0 rate-control=cbr bitrate=${bitrateKbps}`,
  ),
  x265,
];
