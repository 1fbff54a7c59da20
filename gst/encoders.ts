import { av1Encoders } from './av1-encoders.ts';
import type { Encoder } from './encoder.ts';
import { h264Encoders } from './h264-encoders.ts';
import { hevcEncoders } from './hevc-encoders.ts';
import type { EncoderName } from './settings.ts';
import type { VideoCodec } from './video-codec.ts';
import { vpxEncoders } from './vpx-encoders.ts';

export type { Encoder } from './encoder.ts';
export type { EncoderName } from './settings.ts';

/** Every encoder we know how to drive; of each codec the preferred one first. */
export const encoders: readonly Encoder[] = [
  ...h264Encoders,
  ...vpxEncoders,
  ...hevcEncoders,
  ...av1Encoders,
];

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

/** What to encode with. */
export interface EncoderChoice {
  readonly codec: VideoCodec;
  /** A name, or `auto` for the first of the table. */
  readonly wanted: EncoderName | 'auto';
}

/**
 * Chooses among the encoders that a machine has.
 *
 * @param available What `probeEncoders` found.
 * @returns The encoder, or undefined when the machine has none that fits, or the wanted one makes another codec.
 */
export function selectEncoder(
  { codec, wanted }: EncoderChoice,
  available: readonly EncoderName[],
): EncoderName | undefined {
  return encoders.find(
    (encoder) =>
      encoder.codec === codec &&
      available.includes(encoder.name) &&
      (wanted === 'auto' || wanted === encoder.name),
  )?.name;
}

/** The codecs that these encoders make, in the order of the table. */
export function codecsOf(available: readonly EncoderName[]): readonly VideoCodec[] {
  return [...new Set(available.map((name) => encoderByName(name).codec))];
}
