import type { EncoderName, VideoSettings } from './settings.ts';

export type { EncoderName } from './settings.ts';

/** One row of the encoder table. */
export interface Encoder {
  readonly name: EncoderName;
  /** Unit of the element's `bitrate` property. */
  readonly bitrateUnit: 'kbps' | 'bps';
  /** Raw format that the encoder takes; fixed, or it may negotiate 4:4:4, which browsers do not decode. */
  readonly inputFormat: 'I420' | 'NV12';
  /** True for the rows whose settings have been run and measured; the others follow the documentation. */
  readonly measured: boolean;
  /** H.264 profile to ask for. */
  profile(settings: EncoderSettings): 'constrained-baseline' | 'main';
  /** Element properties behind the element's name, without B-frames, look-ahead or periodic keyframes. */
  properties(settings: EncoderSettings): string;
}

/** The part of the settings that an encoder reads. */
export type EncoderSettings = Pick<VideoSettings, 'bitrateKbps' | 'speedPreset' | 'vbvBufferMs'>;

/** Frames between keyframes when nobody asks for one: half an hour at 60 fps, that is, never. */
const NEVER = 100_000;

const x264: Encoder = {
  name: 'x264enc',
  bitrateUnit: 'kbps',
  inputFormat: 'I420',
  measured: true,
  // Ultrafast switches CABAC off, so that constrained baseline costs nothing; superfast gains from main.
  profile: ({ speedPreset = 'ultrafast' }) =>
    speedPreset === 'ultrafast' ? 'constrained-baseline' : 'main',
  // scenecut=0: a window that opens is no reason for an IDR that nobody asked for. me=umh:merange=32 follows scrolling
  // text: SSIM 0.970 at 6.9 Mbit/s instead of 0.823 at 9.0 (measured at ultrafast).
  properties: ({ bitrateKbps, speedPreset = 'ultrafast', vbvBufferMs = 50 }) =>
    `tune=zerolatency speed-preset=${speedPreset} bitrate=${bitrateKbps} key-int-max=${NEVER} ` +
    `vbv-buf-capacity=${vbvBufferMs} aud=false option-string=me=umh:merange=32:scenecut=0`,
};

const openh264: Encoder = {
  name: 'openh264enc',
  bitrateUnit: 'bps',
  inputFormat: 'I420',
  measured: true,
  profile: () => 'constrained-baseline',
  properties: ({ bitrateKbps }) =>
    `usage-type=screen complexity=low rate-control=bitrate bitrate=${bitrateKbps * 1000} ` +
    `gop-size=${NEVER} scene-change-detection=false`,
};

const nvidia: Encoder = {
  name: 'nvh264enc',
  bitrateUnit: 'kbps',
  inputFormat: 'NV12',
  measured: false,
  profile: () => 'main',
  properties: ({ bitrateKbps }) =>
    `preset=low-latency-hp rc-mode=cbr zerolatency=true bframes=0 gop-size=-1 bitrate=${bitrateKbps}`,
};

const va: Encoder = {
  name: 'vah264enc',
  bitrateUnit: 'kbps',
  inputFormat: 'NV12',
  measured: false,
  profile: () => 'main',
  properties: ({ bitrateKbps }) =>
    `rate-control=cbr b-frames=0 key-int-max=0 target-usage=7 bitrate=${bitrateKbps}`,
};

const vaapi: Encoder = {
  name: 'vaapih264enc',
  bitrateUnit: 'kbps',
  inputFormat: 'NV12',
  measured: false,
  profile: () => 'main',
  properties: ({ bitrateKbps }) =>
    `rate-control=cbr max-bframes=0 quality-level=7 bitrate=${bitrateKbps}`,
};

const quickSync: Encoder = {
  name: 'qsvh264enc',
  bitrateUnit: 'kbps',
  inputFormat: 'NV12',
  measured: false,
  profile: () => 'main',
  properties: ({ bitrateKbps }) =>
    `low-latency=true b-frames=0 rate-control=cbr bitrate=${bitrateKbps}`,
};

/** Every encoder we know how to drive, the ones that were measured first; `auto` takes the first that exists. */
export const encoders: readonly Encoder[] = [x264, openh264, nvidia, va, vaapi, quickSync];

/** The table's row for a name. */
export function encoderByName(name: EncoderName): Encoder {
  const encoder = encoders.find((candidate) => candidate.name === name);
  if (encoder === undefined) {
    throw new RangeError(
      `encoder: expected one of ${encoders.map((e) => e.name).join(', ')}, got ${name}`,
    );
  }
  return encoder;
}

/**
 * Chooses among the encoders that a machine has.
 *
 * @param wanted A name, or `auto` for the first of the table.
 * @param available What `probeEncoders` found.
 * @returns The encoder, or undefined when the machine has none that fits.
 */
export function selectEncoder(
  wanted: EncoderName | 'auto',
  available: readonly EncoderName[],
): EncoderName | undefined {
  if (wanted !== 'auto') return available.includes(wanted) ? wanted : undefined;
  return encoders.find((encoder) => available.includes(encoder.name))?.name;
}
