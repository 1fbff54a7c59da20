import type { PatternProbe } from '../stats/pattern-probe.ts';

/** Where decoded frames go; `track` is a MediaStreamTrackGenerator that a <video> element plays. */
export type SinkKind = 'canvas' | 'track';

/** What has the picture: a sink, or a <video> element that decodes by itself. */
export type PicturePlace = SinkKind | 'mediaSource' | 'webRtc';

/** What became of a frame that a sink was given. */
export type ShowOutcome = 'shown' | 'superseded';

/** Shows frames. The element behind it belongs to it. */
export interface VideoSink {
  readonly kind: SinkKind;
  /**
   * Shows and closes the frame. A sink that is slower than the frames shows the newest.
   *
   * @param settle told once what became of the frame, soon or at once
   */
  show(frame: VideoFrame, settle: (outcome: ShowOutcome) => void): void;
  /** Reads the pattern of the frame that was shown last, for measurements alone; `shownAt` in milliseconds since 1970. */
  observe(probe: PatternProbe, shownAt: number): void;
  /** The picture shown last, which the caller closes; undefined before the first. */
  last(): VideoFrame | undefined;
  /** Frees what it holds. Idempotent. */
  close(): void;
}
