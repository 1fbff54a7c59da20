import type { KeyframeMeans } from './control-message.ts';
import type { EncoderName, VideoSettings } from './settings.ts';
import type { VideoCodec } from './video-codec.ts';

/** One row of the encoder table. */
export interface Encoder {
  readonly name: EncoderName;
  /** GStreamer element; differs from the name where one element has several rows. */
  readonly element: string;
  readonly codec: VideoCodec;
  /** The element's property for its target, which can be set while it runs, and its unit. */
  readonly bitrateProperty: 'bitrate' | 'target-bitrate';
  readonly bitrateUnit: 'kbps' | 'bps';
  /** How the element is asked for a keyframe. */
  readonly keyframeBy: KeyframeMeans;
  /** Raw format that the encoder takes; fixed, or it may negotiate 4:4:4, which browsers do not decode. */
  readonly inputFormat: 'I420' | 'NV12';
  /** True for the rows whose settings have been run and measured; the others follow the documentation. */
  readonly measured: boolean;
  /**
   * False where two cores do not make 720p at 60 pictures a second: chosen only when it is asked for. Measured, CPU per picture at
   * 720p: x265enc 29 ms, av1enc 48 ms.
   */
  readonly isRealTime: boolean;
  /** Caps behind the element: stream format and, where it is a choice, profile. */
  caps(settings: EncoderSettings): string;
  /** Element properties behind the element's name, without B-frames, look-ahead or periodic keyframes. */
  properties(settings: EncoderSettings): string;
}

/** The part of the settings that an encoder reads. */
export type EncoderSettings = Pick<VideoSettings, 'bitrateKbps' | 'speedPreset' | 'vbvBufferMs'>;

/** Frames between keyframes when nobody asks for one: half an hour at 60 fps, that is, never. */
export const NEVER = 100_000;
