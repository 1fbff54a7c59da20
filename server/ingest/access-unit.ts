import type { VideoFormat } from '../../gst/video-codec.ts';

/**
 * One coded picture or one sound packet, as a source hands it to every viewer.
 *
 * The object and its bytes are shared by all subscribers and must not be changed by any of them.
 */
export interface AccessUnit {
  readonly kind: 'video' | 'audio';
  readonly codec: VideoFormat | 'opus';
  /**
   * H.264 and HEVC: Annex B with four-byte start codes. VP8, VP9: one frame. AV1: one temporal unit of OBUs with their sizes. Opus:
   * one packet (RFC 6716). Shared; never write to it.
   */
  readonly data: Uint8Array;
  /** A decoder can start here: a keyframe with its parameter sets in band; always true for sound. */
  readonly key: boolean;
  /** The moment of capture, in nanoseconds of CLOCK_MONOTONIC (the clock of `process.hrtime.bigint()`). */
  readonly captureTime: bigint;
  /** The moment when the last byte reached this process, same clock as `captureTime`. */
  readonly arrivalTime: bigint;
  /** No other access unit refers to this one, so that dropping it hurts nothing else. */
  readonly discardable: boolean;
  /** Temporal layer, 0 = base. */
  readonly temporalLayer: number;
  /** How many access units back the one is that this one needs; 0 when it needs none. */
  readonly dependency: number;
  /** Sound: length of the packet. Video: time since the picture before, 0 when unknown. In microseconds. */
  readonly durationUs: number;
  /** The first one after a start, a restart or a loss: timestamps and references begin anew. */
  readonly discontinuity: boolean;
  /** Of a picture: what the stream says to its decoder; the same object until that changes. */
  readonly parameters?: VideoParameters | undefined;
}

/** Receives access units in decoding order. */
export interface AccessUnitSink {
  /** Called once per access unit, in the same turn as its last byte arrived. */
  accessUnit(unit: AccessUnit): void;
  /** `accessUnit` threw: the sink was unsubscribed, so that the other viewers are not hurt. */
  failed?(error: unknown): void;
}

/** What a decoder has to know about a video stream; its newest keyframe tells it. */
export interface VideoParameters {
  /** WebCodecs codec string, for example `avc1.42C020` (RFC 6381). */
  readonly codec: string;
  /** Width of the visible picture in pixels. */
  readonly width: number;
  /** Height of the visible picture in pixels. */
  readonly height: number;
}
