/** The messages of measurements that the compare page asks for: page to the two workers and back (client/stats/measurements.ts). */
import type { StageName } from './stage-labels.ts';
import type { PhotonMarkPlace } from '../../protocol/photon-mark.ts';

/** Page to video worker. */
export type ToFrameMeter =
  | { readonly type: 'startRun' }
  | { readonly type: 'stopRun'; readonly request: number }
  /** Asks to be told when the next frame is shown. */
  | { readonly type: 'nextFrame'; readonly request: number }
  /** Whether to look for the mark of the click-to-photon target. */
  | { readonly type: 'watchMark'; readonly isOn: boolean };

/** Video worker to page. */
export type FromFrameMeter =
  | { readonly type: 'run'; readonly request: number; readonly run: FrameRun }
  | { readonly type: 'frame'; readonly request: number }
  /** The mark changed, appeared, or (undefined) is gone. */
  | { readonly type: 'mark'; readonly sighting: MarkSighting | undefined };

/** Page to network worker. */
export type ToNetworkMeter =
  { readonly type: 'startRun' } | { readonly type: 'stopRun'; readonly request: number };

/** Network worker to page. */
export interface FromNetworkMeter {
  readonly type: 'run';
  readonly request: number;
  readonly run: NetworkRun;
}

/** Every frame that was shown, in the order of showing: lists of the same length. */
export interface FrameRun {
  /** Milliseconds of local time since 1970 at which the run began and ended. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly shownAtMs: readonly number[];
  /** Captured to shown; NaN while the clocks were not yet compared. */
  readonly latencyMs: readonly number[];
  /** Painted to shown, where the painted test pattern was read; NaN elsewhere. */
  readonly glassMs: readonly number[];
  /** What each stage of the frame's way took; NaN while the clocks were not yet compared, and where no change is known. */
  readonly stagesMs: Readonly<Record<StageName, readonly number[]>>;
  /** What was shown, each time that it changed; the first entry is of the first frame. */
  readonly pictures: readonly ShownPicture[];
  /** Pauses of the picture although the desktop changed, see client/stats/run-recorder.ts; each of more than 100 ms. */
  readonly freezesMs: readonly number[];
  /** Frames beyond the bound, which were counted and not recorded. */
  readonly unrecorded: number;
  readonly counters: FrameCounters;
}

/** What a picture is, from a moment on (local time in milliseconds since 1970). */
export interface ShownPicture extends PictureKind {
  readonly atMs: number;
}

/** What a picture is. */
export interface PictureKind {
  /** Codec string; undefined while it is not known. */
  readonly codec: string | undefined;
  readonly width: number;
  readonly height: number;
  /** Where it is shown: a sink of WebCodecs, or the way of pictures that has none. */
  readonly place: string;
}

/** Frames that were decoded, or should have been, and not shown. */
export interface FrameCounters {
  /** A newer one was ready. */
  readonly superseded: number;
  /** Marked LATE by the server. */
  readonly late: number;
  /** Times that the decoder failed or was too slow. */
  readonly decoderFaults: number;
}

/** What came over the network during a run. */
export interface NetworkRun {
  readonly receivedBytes: number;
  /** Given up by the server, by the reason of ABANDON. */
  readonly deadline: number;
  readonly superseded: number;
  readonly otherAbandoned: number;
  /** Arrived without what they depend on. */
  readonly undecodable: number;
  readonly audioPackets: number;
  readonly audioMissing: number;
  /** The connection was lost or replaced during the run: the counters are those of its last one. */
  readonly isInterrupted: boolean;
}

/** The mark as a frame showed it first. */
export interface MarkSighting {
  readonly presses: number;
  readonly place: PhotonMarkPlace;
  readonly picture: { readonly width: number; readonly height: number };
  /** Local time in milliseconds since 1970; capture is NaN while the clocks were not yet compared. */
  readonly capturedAtMs: number;
  readonly shownAtMs: number;
}
