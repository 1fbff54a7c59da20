import { NEVER, type Encoder } from './encoder.ts';

const av1 = {
  codec: 'av1',
  bitrateUnit: 'kbps',
  caps: () => 'video/x-av1,stream-format=obu-stream,alignment=tu',
} as const;

const libaom: Encoder = {
  ...av1,
  name: 'av1enc',
  element: 'av1enc',
  bitrateProperty: 'target-bitrate',
  // The element of GStreamer 1.22 never asks libaom for a keyframe, however it is asked itself (measured, and read).
  keyframeBy: 'caps',
  inputFormat: 'I420',
  measured: true,
  isRealTime: false,
  // cpu-used=6: faster ones leave blocks that changed as they were. Painted rows misread of 25, in ten runs each: 0 at 6, 0 to 3 at
  // 7 and 8, 8 to 16 at 10; the number of threads does not matter, and 6 takes a third more CPU than 8. max-quantizer=58: with the element's default of 0, constant bit
  // rate ends the process (measured).
  properties: ({ bitrateKbps }) =>
    `usage-profile=realtime end-usage=cbr cpu-used=6 lag-in-frames=0 target-bitrate=${bitrateKbps} ` +
    `keyframe-mode=disabled keyframe-max-dist=${NEVER} min-quantizer=8 max-quantizer=58 ` +
    'buf-sz=200 buf-initial-sz=100 buf-optimal-sz=120 threads=2',
};

const hardware = (name: Encoder['name'], properties: Encoder['properties']): Encoder => ({
  ...av1,
  name,
  element: name,
  bitrateProperty: 'bitrate',
  keyframeBy: 'event',
  inputFormat: 'NV12',
  measured: false,
  isRealTime: true,
  properties,
});

/** Encoders of AV1: hardware first, since the one in software is slower than real time. */
export const av1Encoders: readonly Encoder[] = [
  hardware(
    'vaav1enc',
    ({ bitrateKbps }) => `rate-control=cbr key-int-max=0 target-usage=7 bitrate=${bitrateKbps}`,
  ),
  hardware(
    'qsvav1enc',
    ({ bitrateKbps }) => `low-latency=true rate-control=cbr bitrate=${bitrateKbps}`,
  ),
  libaom,
];
