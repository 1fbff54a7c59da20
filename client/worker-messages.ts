/**
 * The messages between the page, the network worker and the video worker.
 *
 * Media takes only the port from the network worker to the video worker and the sound ring; the page sees state,
 * the cursor and statistics. `localTime` is microseconds of `performance.timeOrigin + performance.now()`, which every
 * thread of a page shares.
 */
import type { RateStateName } from '../protocol/control/report.ts';
import type { StreamFacts } from '../protocol/control/stream.ts';
import type { RoleName } from '../protocol/control/role.ts';
import type { InputEvent } from '../protocol/input.ts';
import type {
  FromFrameMeter,
  FromNetworkMeter,
  ToFrameMeter,
  ToNetworkMeter,
} from './stats/measurement-messages.ts';
import type { UserChange } from './settings/user-settings.ts';
import type { TransportChoice, TransportMove } from './transport/moves.ts';
import type { TransportKind } from './transport/transport.ts';
import type { PlayoutSettings } from './video/playout.ts';
import type { DropReason } from './video/presenter.ts';
import type { PatternProbeReport } from './stats/pattern-probe.ts';
import type { PathName } from './ladder/rungs.ts';
import type { FromPictureElement, ToPictureElement } from './media-source/picture-messages.ts';
import type { PicturePlace, SinkKind } from './video/sink.ts';

/** Microseconds of `performance.timeOrigin + performance.now()`; not the session clock. */
export type LocalMicros = number;

/** What the page shows of the connection. */
export interface PlayerState {
  readonly phase: 'connecting' | 'live' | 'reconnecting' | 'ended' | 'refused';
  readonly transport?: TransportKind;
  /** Names this connection to the server; no secret. */
  readonly connection?: string;
  readonly role?: RoleName;
  /** Whether input may be sent: a viewer's takes control when nobody has it. */
  readonly mayControl?: boolean;
  /** Size of the desktop in pixels, which input is counted in. */
  readonly desktop?: { readonly width: number; readonly height: number };
  /** Size of the pictures of it; smaller where the server scales them. */
  readonly picture?: { readonly width: number; readonly height: number };
  /** One sentence for the user; set when something is wrong. */
  readonly message?: string;
}

/** The gateway says that it will end the connection. */
export interface SessionEnding {
  /** Milliseconds from when it was told. */
  readonly remaining: number;
  /** One sentence for the user. */
  readonly message: string;
}

/** The desktop's pointer image. `rgba` holds width × height × 4 bytes, not premultiplied; the hot spot is in pixels. */
export type Cursor =
  | { readonly type: 'hidden' }
  | {
      readonly type: 'image';
      readonly width: number;
      readonly height: number;
      readonly hotX: number;
      readonly hotY: number;
      readonly rgba: Uint8ClampedArray<ArrayBuffer>;
    };

/** p50 and p95 of one stage over the last seconds, in milliseconds. */
export interface StageLatency {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** The mean of the frames around the median, in milliseconds; the parts add up to the total. */
export interface TypicalFrame {
  /** Absent where no change is known. */
  readonly captureMs?: number;
  readonly encodeMs: number;
  readonly queueMs: number;
  readonly networkMs: number;
  readonly reassemblyMs: number;
  readonly decodeMs: number;
  readonly presentMs: number;
  readonly totalMs: number;
}

/**
 * Where a frame's time goes, on the session clock. `total` is from the change on the screen to drawn, of the frames whose change is
 * known; where none is known, from the capture, of all frames. The stages of each frame add up to its total exactly, their
 * percentiles do not.
 */
export interface LatencyBreakdown {
  readonly samples: number;
  /** Changed to captured; absent where no change is known. */
  readonly capture?: StageLatency;
  /** Captured to the server's queue: capturing and encoding; with the queue, where a server does not tell them apart. */
  readonly encode: StageLatency;
  /** In the server's queue, to the first byte written. */
  readonly queue: StageLatency;
  /** First byte written to first byte received. */
  readonly network: StageLatency;
  /** First byte received to last byte received. */
  readonly reassembly: StageLatency;
  /** Last byte received to decoded, with the wait for what a frame depends on and the way between the workers. */
  readonly decode: StageLatency;
  /** Decoded to drawn. */
  readonly present: StageLatency;
  readonly total: StageLatency;
  readonly typical: TypicalFrame;
  /** `total` of the frames since the report before; absent when there were none. */
  readonly recent?: StageLatency;
}

/** Video messages that the server gave up, by the reason of ABANDON. */
export interface AbandonedBy {
  readonly deadline: number;
  readonly superseded: number;
  /** A dependency was lost, the flow was closed, or there was no room. */
  readonly other: number;
}

/** What the server says of the link and of what it aims at (RATE, docs/protocol.md). */
export interface RateStats {
  /** What the encoder aims at, bits per second. */
  readonly targetBps: number;
  /** What the link carries, as the server estimates it, bits per second. */
  readonly capacityBps: number;
  /** What waits on the way, in milliseconds. */
  readonly queueMs: number;
  readonly state: RateStateName;
}

/** Counters of the network worker since the connection began, and the link as the client sees it. */
export interface NetworkStats {
  /** What carries the session now. */
  readonly transport: TransportKind;
  readonly rttMs: number | undefined;
  /** Half-width of the clock estimate, in milliseconds. */
  readonly clockUncertaintyMs: number | undefined;
  readonly receivedBytes: number;
  /** Of the last half second. */
  readonly bitrateBps: number;
  /** Undefined until the server said something. */
  readonly rate: RateStats | undefined;
  readonly keyRequests: number;
  readonly videoDiscarded: number;
  readonly videoAbandoned: number;
  /** The same by reason; they add up to `videoAbandoned`. */
  readonly videoAbandonedBy: AbandonedBy;
  readonly videoMissing: number;
  readonly audioPackets: number;
  readonly audioMissing: number;
  readonly audioDuplicates: number;
  readonly audioDecodeErrors: number;
  readonly unacknowledgedInput: number;
  readonly reconnects: number;
  /** Times that the session went on over another transport. */
  readonly moves: number;
  /** The newest change of the transport that was told, whether or not it succeeded. */
  readonly lastMove: TransportMove | undefined;
}

/** Counters of the video worker since it began. */
export interface VideoStats {
  readonly codec: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly decoded: number;
  readonly shown: number;
  /** Decoded but not shown, for any reason. */
  readonly skipped: number;
  /** Decoded but replaced by a newer frame before it was drawn. */
  readonly superseded: number;
  /** Decoded but marked LATE by the server. */
  readonly late: number;
  /** All that were skipped, by reason; they add up to `skipped`. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** What the pictures go to. */
  readonly sink: PicturePlace;
  /** How much later than the sound of the same moment a picture is shown; undefined while none is heard, or none is shown. */
  readonly soundOffsetMs: number | undefined;
  /** How long a frame that comes without jitter waits for its time now. */
  readonly heldMs: number;
  readonly decodeErrors: number;
  /** Times that everything waiting for the decoder was given up, because this machine decodes too slowly. */
  readonly decodeOverloads: number;
  readonly decodeQueue: number;
  readonly latency: LatencyBreakdown | undefined;
}

/** State of the sound path; `fill` and `target` in milliseconds. */
export interface AudioStats {
  readonly state: SoundState;
  readonly fillMs: number;
  readonly targetMs: number;
  readonly underruns: number;
  readonly overruns: number;
  /** Playback speed against nominal, in parts per million. */
  readonly ratePpm: number;
}

/** `suspended`: the browser waits for a gesture; `unavailable`: no AudioDecoder or AudioWorklet here. */
export type SoundState = 'starting' | 'suspended' | 'playing' | 'muted' | 'unavailable';

/** Everything that the statistics view can show; sent about twice a second. */
export interface PlayerStats {
  readonly network: NetworkStats | undefined;
  readonly video: VideoStats | undefined;
  readonly audio: AudioStats;
}

/** Messages of one kind since the last report, in their order of arrival; four lists of the same length. */
export interface Arrivals {
  /** Milliseconds of the session clock. */
  readonly capturedAtMs: readonly number[];
  /** When the last byte came, milliseconds of local time. */
  readonly receivedAtMs: readonly number[];
  readonly bytes: readonly number[];
  /** How old each may become, by its header. */
  readonly budgetMs: readonly number[];
}

/** What arrived since the last report, in the page's `?probe=1` mode. */
export interface ArrivalReport {
  /** Session clock minus local time as estimated now, and by how much that can be wrong. */
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number } | undefined;
  readonly video: Arrivals;
  readonly audio: Arrivals;
}

/** Page to network worker. The first message is `start`. */
export type ToNetworkWorker =
  | NetworkStart
  /** The answer to `decoders`: what is played here. Again when that changes, for the next connection. */
  | { readonly type: 'offer'; readonly video: readonly string[]; readonly audio: readonly string[] }
  /** Another way for the sound from now on. */
  | { readonly type: 'sound'; readonly link: SoundLink | undefined }
  | { readonly type: 'input'; readonly events: readonly InputEvent[] }
  /** The user's choice of the transport; answered by `chosen`. */
  | { readonly type: 'choose'; readonly request: number; readonly choice: TransportChoice }
  /** The page became visible or the network came back: try now instead of waiting. */
  | { readonly type: 'hasten' }
  /** The user changes settings: the gateway is asked, and `stream` answers with the same `request`. */
  | { readonly type: 'settings'; readonly request: number; readonly change: UserChange }
  | { readonly type: 'arrivals'; readonly request: number }
  | { readonly type: 'measure'; readonly message: ToNetworkMeter }
  | { readonly type: 'close' };

export interface NetworkStart {
  readonly type: 'start';
  readonly page: string;
  /** What the user has chosen; the rest is the gateway's choice. */
  readonly chosen: UserChange;
  /** Pause before a session on its second-best transport tries the best one again, ms; absent = 30 s. */
  readonly upgradePauseMs?: number;
  /** What won last time in this browser; WebSocket then starts without delay. */
  readonly lastWinner: TransportKind | undefined;
  /** To the video worker; carries ToVideoWorkerMedia and brings back FromVideoWorkerMedia. */
  readonly videoPort: MessagePort;
  readonly sound: SoundLink | undefined;
  /** Whether arrivals are noted. */
  readonly probe: boolean;
}

/** How sound leaves the network worker. Decoded it reaches the worklet through one shared ring, or a port where shared memory is not to be had. */
export type SoundLink =
  | { readonly type: 'ring'; readonly buffer: SharedArrayBuffer }
  | { readonly type: 'port'; readonly port: MessagePort }
  /** Encoded packets (Opus), for a page that plays them by Media Source. */
  | { readonly type: 'packets'; readonly port: MessagePort };

/** Network worker to page. */
export type FromNetworkWorker =
  /** What WebCodecs decodes here, as codec strings; nothing is connected until `offer`. */
  | {
      readonly type: 'decoders';
      readonly video: readonly string[];
      readonly audio: readonly string[];
    }
  | { readonly type: 'state'; readonly state: PlayerState }
  | { readonly type: 'role'; readonly role: RoleName }
  /** What the gateway says of the stream; `requests` are those that it answers. */
  | {
      readonly type: 'stream';
      readonly stream: StreamFacts;
      readonly requests: readonly number[];
    }
  | { readonly type: 'winner'; readonly transport: TransportKind }
  | { readonly type: 'moved'; readonly move: TransportMove }
  | { readonly type: 'ending'; readonly ending: SessionEnding | undefined }
  | { readonly type: 'chosen'; readonly request: number; readonly holds: boolean }
  | { readonly type: 'cursor'; readonly cursor: Cursor }
  /** How much later than the fastest nearly all sound comes; when that has changed. */
  | { readonly type: 'soundJitter'; readonly jitterMs: number }
  | { readonly type: 'arrivals'; readonly request: number; readonly report: ArrivalReport }
  | { readonly type: 'measured'; readonly message: FromNetworkMeter }
  | { readonly type: 'stats'; readonly stats: NetworkStats };

/** One access unit, or a fact about the stream, from the network worker to the video worker. */
export type ToVideoWorkerMedia =
  | {
      readonly type: 'accessUnit';
      readonly sequence: number;
      readonly key: boolean;
      /** Codec string (W3C WebCodecs registry) of the stream that a keyframe begins; of other access units without meaning. */
      readonly codec: string;
      /** Decode, but do not show. */
      readonly late: boolean;
      /** Capture time on the session clock, microseconds. */
      readonly captureTime: number;
      /** When the change was there that it is the first to show, on the session clock, microseconds; absent: none, or not known. */
      readonly changedTime?: number;
      /** When it came into the server's queue, on the session clock, microseconds; absent when the server does not say. */
      readonly queuedTime?: number;
      /** When the server wrote its first data unit, on the session clock, microseconds. */
      readonly sendTime: number;
      /** Its first byte. */
      readonly begunAt: LocalMicros;
      /** Its last byte. */
      readonly receivedAt: LocalMicros;
      /** Transferred, the video worker owns it. `start` is where it begins in the buffer. */
      readonly buffer: ArrayBuffer;
      readonly start: number;
      readonly length: number;
    }
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
  /** From the element that plays what path `mediaSource` makes. */
  | { readonly type: 'element'; readonly message: FromPictureElement }
  /** When sound is heard; see SoundClock. Undefined: there is none. */
  | { readonly type: 'soundClock'; readonly shift: number | undefined }
  /** Whether the page is in the background, where nobody sees a picture. */
  | { readonly type: 'hidden'; readonly isHidden: boolean }
  | { readonly type: 'probe'; readonly request: number }
  | { readonly type: 'measure'; readonly message: ToFrameMeter }
  | { readonly type: 'close' };

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
