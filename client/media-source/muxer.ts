/** What a Media Source is told of a track before its first sample. */
export type MuxedTrack =
  | {
      readonly type: 'picture';
      readonly width: number;
      readonly height: number;
      /** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section 5.3.3.1). */
      readonly avcConfig: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly type: 'sound';
      readonly channels: number;
      /** Samples of 1/48,000 s that a decoder throws away at the beginning (RFC 7845, section 5.1). */
      readonly preSkip: number;
    };

/** Ticks per second of a track's time. */
export const PICTURE_TIMESCALE = 90_000;
/** The same of sound: one tick is one sample. */
export const SOUND_TIMESCALE = 48_000;

/** One access unit or sound packet on its way into a fragment. */
export interface MuxedSample {
  /** H.264: NAL units with lengths of four bytes before them; Opus: one packet. Only read. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Decoding and presentation time in ticks of the track; nothing is reordered. */
  readonly time: number;
  /** In ticks of the track. */
  readonly duration: number;
  readonly key: boolean;
}

/** Makes fragmented MP4 (ISO/IEC 14496-12) of one track, one fragment per sample. What it returns belongs to the caller. */
export interface Muxer {
  /** The initialization segment: ftyp and moov, of unknown duration. */
  initialize(): Uint8Array<ArrayBuffer>;
  /** moof and mdat. */
  fragment(sample: MuxedSample): Uint8Array<ArrayBuffer>;
}

/** Starts a muxer for a track. */
export type CreateMuxer = (track: MuxedTrack) => Muxer;
