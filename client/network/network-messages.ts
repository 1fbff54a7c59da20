/**
 * The messages between the page and the network worker. Media is not among them: pictures take the port to the video worker
 * (video/video-messages.ts), sound takes its own link.
 */
import type { RoleName } from '../../protocol/control/role.ts';
import type { StreamFacts } from '../../protocol/control/stream.ts';
import type { InputEvent } from '../../protocol/input.ts';
import type { Cursor } from '../receive/cursor.ts';
import type { UserChange } from '../settings/user-settings.ts';
import type { ArrivalReport } from '../stats/arrival-probe.ts';
import type { FromNetworkMeter, ToNetworkMeter } from '../stats/measurement-messages.ts';
import type { NetworkStats } from '../stats/player-stats.ts';
import type { TransportChoice, TransportMove } from '../transport/moves.ts';
import type { ApiAnswer, ApiRequest } from '../transport/request-channel.ts';
import type { ChosenTransport, TransportKind } from '../transport/transport.ts';
import type { ClipboardNews } from './clipboard-relay.ts';
import type { PeerRequest } from '../webrtc/peer-messages.ts';

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

/** Page to network worker. The first message is `start`. */
export type ToNetworkWorker =
  | NetworkStart
  /**
   * The answer to `decoders`: what is played here. Again when that changes, for the next connection. `byTracks`: pictures and sound are to
   * come on tracks of WebRTC, which a live session moves to. `takesTracks`: they may, when the gateway advises it.
   */
  | {
      readonly type: 'offer';
      readonly video: readonly string[];
      readonly audio: readonly string[];
      readonly byTracks: boolean;
      readonly takesTracks: boolean;
    }
  /** Another way for the sound from now on. */
  | { readonly type: 'sound'; readonly link: SoundLink | undefined }
  /** Waits for what is being put into the clipboard. */
  | { readonly type: 'input'; readonly events: readonly InputEvent[] }
  /** Makes a text the desktop's clipboard: not empty, at most 1 MiB of UTF-8. Told of by `clipboard`. */
  | { readonly type: 'putClipboard'; readonly text: string }
  /** The user's choice of the transport; answered by `chosen`. */
  | { readonly type: 'choose'; readonly request: number; readonly choice: TransportChoice }
  /** The page became visible or the network came back: try now instead of waiting. */
  | { readonly type: 'hasten' }
  /** The user changes settings: the gateway is asked, and `stream` answers with the same `request`. */
  | { readonly type: 'settings'; readonly request: number; readonly change: UserChange }
  /** A request of the HTTP API by the session's connection; answered by `answered`. */
  | { readonly type: 'ask'; readonly request: number; readonly asked: ApiRequest }
  | { readonly type: 'arrivals'; readonly request: number }
  | { readonly type: 'measure'; readonly message: ToNetworkMeter }
  | { readonly type: 'close' };

/** What the network worker begins with. */
export interface NetworkStart {
  readonly type: 'start';
  readonly page: string;
  /** What the user has chosen; the rest is the gateway's choice. */
  readonly chosen: UserChange;
  /** Pause before a session on its second-best transport tries the best one again, ms; absent = 30 s. */
  readonly upgradePauseMs?: number;
  /** What won last time in this browser; WebSocket then starts without delay. */
  readonly lastWinner: ChosenTransport | undefined;
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
  | { readonly type: 'winner'; readonly transport: ChosenTransport }
  /** Open a WebRTC connection; its port is transferred. */
  | { readonly type: 'peer'; readonly request: PeerRequest }
  /** The gateway measured that tracks of WebRTC carry more, or nothing speaks for them any more. */
  | { readonly type: 'tracksAdvised'; readonly isOn: boolean }
  /** WebRTC cannot be had; one sentence. */
  | { readonly type: 'tracksFailed'; readonly why: string }
  | { readonly type: 'moved'; readonly move: TransportMove }
  | { readonly type: 'ending'; readonly ending: SessionEnding | undefined }
  | { readonly type: 'chosen'; readonly request: number; readonly holds: boolean }
  /** Undefined: no connection carried it. */
  | {
      readonly type: 'answered';
      readonly request: number;
      readonly answer: ApiAnswer | undefined;
    }
  | { readonly type: 'cursor'; readonly cursor: Cursor }
  | { readonly type: 'clipboard'; readonly news: ClipboardNews }
  /** How much later than the fastest nearly all sound comes; when that has changed. */
  | { readonly type: 'soundJitter'; readonly jitterMs: number }
  | { readonly type: 'arrivals'; readonly request: number; readonly report: ArrivalReport }
  | { readonly type: 'measured'; readonly message: FromNetworkMeter }
  | { readonly type: 'stats'; readonly stats: NetworkStats };
