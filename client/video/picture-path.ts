import type { PlayoutSettings } from './playout.ts';
import type { DecodedInput, DecoderInput } from './decoder.ts';
import type { FrameLook } from '../stats/frame-meter.ts';
import type { DropReason } from './presenter.ts';

/** A frame that was shown; local time, µs. */
export interface ShownFrame {
  readonly input: DecodedInput;
  /** When it was decoded, less the time that it waited before: that belongs to presenting. */
  readonly decodedAt: number;
  readonly shownAt: number;
  /** How long the sink took. */
  readonly showTime: number;
  /** What `look` gave for it. */
  readonly look: FrameLook | undefined;
}

/** What a path tells its owner. */
export interface PicturePathSink {
  /** Told before the first frame of a new size is shown; pixels. */
  readonly onSize: (width: number, height: number) => void;
  /** Told of every frame right after it was shown. */
  readonly onShown: (frame: ShownFrame) => void;
  /** It needs a keyframe. */
  readonly onLost: (lastDecoded: number | undefined) => void;
  /** It made no frame of an access unit, see VideoDecoderSink. */
  readonly onUnused: (sequence: number, why: 'undecodable' | 'expired') => void;
}

/** A way from access units to pictures, as far as it lies in the video worker. */
export interface PicturePath {
  readonly codec: string | undefined;
  /** Access units that wait for the decoder, as far as that is known. */
  readonly decodeQueue: number;
  readonly decoderCounters: {
    readonly decoded: number;
    readonly errors: number;
    readonly overloads: number;
  };
  /** How long a frame without jitter is held now, µs. */
  readonly heldFor: number;
  /** See Playout.soundShift. */
  readonly soundShift: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly shown: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Takes an access unit; its bytes belong to the path from then on. */
  push(unit: Omit<DecoderInput, 'order' | 'arrivedAt'>): void;
  /** Another stream begins; what waits of the old one is thrown away. The last picture stays. */
  reset(): void;
  /** Presents by other settings from now on. */
  configure(settings: PlayoutSettings): void;
  /** @param shift see Playout.sound */
  soundClock(shift: number | undefined): void;
  /** While hidden nothing needs to be shown. */
  setHidden(isHidden: boolean): void;
  close(): void;
}
