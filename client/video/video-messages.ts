/**
 * The messages of the video worker: with the page, and over a port of their own with the network worker, so that pictures
 * never pass through the page.
 */
import type { PathName } from '../ladder/rungs.ts';
import type { LocalMicros } from '../local-time.ts';
import type { FromPictureElement, ToPictureElement } from '../media-source/picture-messages.ts';
import type { FromFrameMeter, ToFrameMeter } from '../stats/measurement-messages.ts';
import type { PatternProbeReport } from '../stats/pattern-probe.ts';
import type { VideoStats } from '../stats/player-stats.ts';
import type { PlayoutSettings } from './playout.ts';
import type { SinkKind } from './sink.ts';

/** What the server says of a picture that it sent. Times on the session clock, microseconds. */
export interface SentPicture {
  /** Its number in its flow. */
  readonly sequence: number;
  readonly captureTime: number;
  /** When the change was there that it is the first to show; absent: none, or not known. */
  readonly changedTime?: number;
  /** When it came into the server's queue; absent when the server does not say. */
  readonly queuedTime?: number;
  /** When the server wrote the first of it. */
  readonly sendTime: number;
}

/** One access unit, or a fact about the stream, from the network worker to the video worker. */
export type ToVideoWorkerMedia =
  | (SentPicture & {
      readonly type: 'accessUnit';
      readonly key: boolean;
      /** Codec string (W3C WebCodecs registry) of the stream that a keyframe begins; of other access units without meaning. */
      readonly codec: string;
      /** Decode, but do not show. */
      readonly late: boolean;
      /** Its first byte. */
      readonly begunAt: LocalMicros;
      /** Its last byte. */
      readonly receivedAt: LocalMicros;
      /** Transferred, the video worker owns it. `start` is where it begins in the buffer. */
      readonly buffer: ArrayBuffer;
      readonly start: number;
      readonly length: number;
    })
  /** A picture comes on a track of WebRTC, under this RTP timestamp. */
  | (SentPicture & { readonly type: 'onTrack'; readonly timestamp: number })
  /**
   * A new connection, which begins with a keyframe. `continues`: it is of the same session and goes on where the one before
   * ended, so that what waits stays.
   */
  | { readonly type: 'reset'; readonly continues: boolean }
  /** Session clock minus local time, microseconds. */
  | { readonly type: 'clock'; readonly offset: number };

/** Video worker to network worker. */
export type FromVideoWorkerMedia =
  | { readonly type: 'keyRequest'; readonly lastDecoded: number | undefined }
  | {
      readonly type: 'feedback';
      readonly decodeQueue: number;
      readonly renderedSequence: number | undefined;
      readonly shownLatency: number | undefined;
      /** Where the time of that frame went, microseconds. */
      readonly shownStages:
        Readonly<Record<'network' | 'reassembly' | 'decode' | 'present', number>> | undefined;
      /** Decoded and not shown since the last `reset`. */
      readonly droppedFrames: number;
    }
  /** An access unit of which the decoder made no frame. */
  | {
      readonly type: 'unused';
      readonly sequence: number;
      readonly why: 'undecodable' | 'expired';
    };

/** Page to video worker. The first message is `start`. */
export type ToVideoWorker =
  | VideoStart
  /** Present by other settings from now on. */
  | { readonly type: 'playout'; readonly playout: PlayoutSettings }
  /** Show in another sink from now on; `writable` belongs to a track of the page and is transferred. */
  | { readonly type: 'sink'; readonly sink: 'canvas' }
  | { readonly type: 'sink'; readonly sink: 'track'; readonly writable: WritableStream<VideoFrame> }
  /** Take another path from now on; `path` of the answers says when it has a picture. */
  | { readonly type: 'path'; readonly path: PathName }
  /** From the element that plays what path `mediaSource` makes, or the track of path `webRtc`. */
  | { readonly type: 'element'; readonly message: FromPictureElement }
  /** When sound is heard; see SoundClock. Undefined: there is none. */
  | { readonly type: 'soundClock'; readonly shift: number | undefined }
  /** Whether the page is in the background, where nobody sees a picture. */
  | { readonly type: 'hidden'; readonly isHidden: boolean }
  | { readonly type: 'probe'; readonly request: number }
  | { readonly type: 'measure'; readonly message: ToFrameMeter }
  | { readonly type: 'close' };

/** What the video worker begins with. */
export interface VideoStart {
  readonly type: 'start';
  readonly canvas: OffscreenCanvas;
  readonly playout: PlayoutSettings;
  /** To the network worker; the other end of `NetworkStart.videoPort`. */
  readonly mediaPort: MessagePort;
  /** Whether the painted pattern is read. */
  readonly probe: boolean;
}

/** Video worker to page. */
export type FromVideoWorker =
  | { readonly type: 'stats'; readonly stats: VideoStats }
  | { readonly type: 'size'; readonly width: number; readonly height: number }
  | { readonly type: 'measured'; readonly message: FromFrameMeter }
  /** The sink has changed; `failed` says why the track was given up. */
  | { readonly type: 'sink'; readonly sink: SinkKind; readonly failed?: string }
  /** The path was given its first keyframe while the page was visible, or has shown its first picture. */
  | {
      readonly type: 'path';
      readonly path: PathName;
      readonly event: 'fed' | 'firstMedia';
    }
  /** The path cannot go on; one sentence. */
  | { readonly type: 'pathFailed'; readonly path: PathName; readonly why: string }
  /** To the element that plays what path `mediaSource` makes. */
  | { readonly type: 'element'; readonly message: ToPictureElement }
  /** The canvas costs more time than the stream leaves. */
  | { readonly type: 'canvasTooSlow' }
  | { readonly type: 'probe'; readonly request: number; readonly report: PatternProbeReport };
