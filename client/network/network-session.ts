/**
 * The network worker's life:
 *
 *   SessionLink -> Connection -+- video -> port to the video worker (bytes transferred)
 *                              +- sound -> SoundDecoder -> ring -> playback worklet
 *                              +- cursor, state, statistics -> page
 *   page -> input -> Connection
 */
import { SoundDecoder } from '../audio/decoder.ts';
import { PacketPort } from '../audio/packet-port.ts';
import { SoundRing } from '../audio/ring.ts';
import type { PacketSink } from '../audio/sound-path.ts';
import { localMicros } from '../local-time.ts';
import { decodeCursor } from '../receive/cursor.ts';
import { SessionLink } from '../session-link.ts';
import { SettingsRequests } from '../settings/settings-requests.ts';
import { streamChangeOf } from '../settings/user-settings.ts';
import { NetworkMeter } from '../stats/network-meter.ts';
import type { NetworkStats } from '../stats/player-stats.ts';
import type { CodecOffer } from '../transport/connection-opener.ts';
import type { Connection } from '../transport/connection.ts';
import type { TransportMove } from '../transport/moves.ts';
import type { PeerAddress } from '../webrtc/peer-messages.ts';
import { supportedAudioCodecs, supportedVideoCodecs } from '../video/capability.ts';
import type { FromVideoWorkerMedia } from '../video/video-messages.ts';
import { ClipboardRelay } from './clipboard-relay.ts';
import { shownValues, soundValues } from './frame-report.ts';
import { MediaRelay } from './media-relay.ts';
import type {
  FromNetworkWorker,
  NetworkStart,
  SoundLink,
  ToNetworkWorker,
} from './network-messages.ts';
import { networkStatsOf } from './network-stats.ts';

/** Time between statistics for the page, ms. */
const STATS_MS = 500;

type ToPage = (message: FromNetworkWorker, transfer?: Transferable[]) => void;

/** Everything between the wire and the two outputs. */
export class NetworkSession {
  readonly #toPage: ToPage;
  readonly #videoPort: MessagePort;
  #sound: PacketSink | undefined;
  #ring: SoundRing | undefined;
  readonly #relay: MediaRelay;
  readonly #clipboard = new ClipboardRelay({
    sendInput: (events) => this.#connection?.sendInput(events),
    onNews: (news) => this.#toPage({ type: 'clipboard', news }),
  });
  readonly #meter = new NetworkMeter({
    tell: (message) => this.#toPage({ type: 'measured', message }),
    stats: () => this.#connection && this.#statsOf(this.#connection),
  });
  readonly #statsTimer: ReturnType<typeof setInterval>;
  readonly #settings: SettingsRequests;
  #settingsTimer: ReturnType<typeof setTimeout> | undefined;
  #link: SessionLink | undefined;
  #connection: Connection | undefined;
  #connections = 0;
  #moves = 0;
  #lastMove: TransportMove | undefined;
  #bytesAtLastStats = 0;
  /** Of the connections before this one. */
  #underrunsBefore = 0;
  #isClosed = false;
  #offer: CodecOffer = { video: [], audio: [], takesTracks: false };
  #byTracks = false;
  #resolveOffer: () => void = () => undefined;
  readonly #offered = new Promise<void>((resolve) => {
    this.#resolveOffer = resolve;
  });

  constructor(start: NetworkStart, toPage: ToPage) {
    this.#toPage = toPage;
    this.#videoPort = start.videoPort;
    this.#videoPort.onmessage = (event: MessageEvent<FromVideoWorkerMedia>) =>
      this.#onVideoWorker(event.data);
    this.changeSound(start.sound);
    this.#settings = new SettingsRequests(streamChangeOf(start.chosen));
    this.#relay = new MediaRelay({
      sound: () => this.#sound,
      probe: start.probe,
      toVideoWorker: (message, transfer = []) => this.#videoPort.postMessage(message, transfer),
      onSoundJitter: (jitterMs) => toPage({ type: 'soundJitter', jitterMs }),
    });
    this.#statsTimer = setInterval(() => this.#reportStats(), STATS_MS);
  }

  async run(start: NetworkStart): Promise<void> {
    const [video, audio] = await Promise.all([supportedVideoCodecs(), supportedAudioCodecs()]);
    if (this.#isClosed) return;
    this.#toPage({ type: 'decoders', video, audio });
    await this.#offered;
    this.#link = new SessionLink({
      page: new URL(start.page),
      choice: start.chosen.transport ?? 'auto',
      chosen: () => this.#settings.chosen,
      upgradePauseMs: start.upgradePauseMs,
      lastWinner: start.lastWinner,
      byTracks: this.#byTracks,
      offer: () => this.#offer,
      openPeer: (address, isAwaited) => this.#openPeer(address, isAwaited),
      onTracksFailed: (why) => this.#toPage({ type: 'tracksFailed', why }),
      onTracksAdvised: (isOn) => this.#toPage({ type: 'tracksAdvised', isOn }),
      onState: (state) => this.#toPage({ type: 'state', state }),
      onConnection: (connection, kind, previous) => {
        // What a bad network made of a session is no reason to begin the next one there.
        if (previous === undefined && kind !== 'webrtc')
          this.#toPage({ type: 'winner', transport: kind });
        this.#join(connection, previous);
      },
      onMove: (move) => {
        this.#moves += move.hasMoved ? 1 : 0;
        this.#lastMove = move;
        this.#toPage({ type: 'moved', move });
      },
    });
    await this.#link.run();
  }

  /** What can be played here, for this connection's HELLO or the next one's. */
  offerCodecs({ byTracks, ...offer }: Extract<ToNetworkWorker, { type: 'offer' }>): void {
    this.#offer = offer;
    this.#byTracks = byTracks;
    this.#resolveOffer();
    this.#link?.carry(byTracks);
  }

  /** Sound takes another way from now on; ports and memory of the old one are let go. */
  changeSound(link: SoundLink | undefined): void {
    this.#sound?.close();
    this.#sound = link && packetSink(link);
    this.#ring = link?.type === 'ring' ? new SoundRing(link.buffer) : undefined;
    this.#underrunsBefore = this.#ring?.state.underruns ?? 0;
  }

  sendInput(message: Extract<ToNetworkWorker, { type: 'input' }>): void {
    this.#clipboard.input(message.events);
  }

  putClipboard({ text }: Extract<ToNetworkWorker, { type: 'putClipboard' }>): void {
    this.#clipboard.put(text);
  }

  async choose({ choice, request }: Extract<ToNetworkWorker, { type: 'choose' }>): Promise<void> {
    const holds = (await this.#link?.choose(choice)) ?? true;
    this.#toPage({ type: 'chosen', request, holds });
  }

  change({ request, change }: Extract<ToNetworkWorker, { type: 'settings' }>): void {
    this.#settings.ask(request, streamChangeOf(change));
    this.#sendSettings();
  }

  async ask({ request, asked }: Extract<ToNetworkWorker, { type: 'ask' }>): Promise<void> {
    const answer = await this.#connection?.requests.ask(asked);
    this.#toPage({ type: 'answered', request, answer });
  }

  hasten(): void {
    this.#link?.hasten();
  }

  measure(message: Extract<ToNetworkWorker, { type: 'measure' }>): void {
    this.#meter.handle(message.message);
  }

  reportArrivals(request: number): void {
    const arrivals = this.#relay.takeArrivals();
    if (arrivals === undefined) return;
    const { offset, uncertainty } = this.#connection?.clock ?? {};
    const clock =
      offset === undefined || uncertainty === undefined
        ? undefined
        : { offsetMs: offset / 1_000, uncertaintyMs: uncertainty / 1_000 };
    this.#toPage({ type: 'arrivals', request, report: { clock, ...arrivals } });
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#statsTimer);
    clearTimeout(this.#settingsTimer);
    this.#link?.close();
    this.#clipboard.close();
    this.#sound?.close();
    this.#videoPort.close();
  }

  /** Only a page can have a WebRTC connection. */
  #openPeer(address: PeerAddress, isAwaited: boolean): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#toPage({ type: 'peer', request: { ...address, isAwaited, port: port2 } }, [port2]);
    return port1;
  }

  /** Joins a live connection to the decoders; after a move what came over `previous` goes on. */
  #join(connection: Connection, previous?: Connection): void {
    this.#connection = connection;
    this.#settings.connected();
    this.#bytesAtLastStats = connection.receivedBytes;
    this.#underrunsBefore = this.#ring?.state.underruns ?? 0;
    this.#relay.begin(previous !== undefined);
    if (previous === undefined) this.#connections += 1;
    else connection.continueInput(previous);
    connection.attach({
      video: (received, codec) => this.#relay.video(received, codec),
      audio: (received, missing) => this.#relay.audio(received, missing),
      onTrack: (received) => this.#relay.onTrack(received),
      move: (unit) => this.#link?.moveAsked(unit),
      goaway: ({ remaining, message }) => {
        this.#link?.endAnnounced(message);
        const ending = message === '' ? undefined : { remaining, message };
        this.#toPage({ type: 'ending', ending });
      },
      cursor: (payload) => {
        const cursor = decodeCursor(payload);
        if (cursor !== undefined) this.#toPage({ type: 'cursor', cursor });
      },
      role: (role) => this.#toPage({ type: 'role', role }),
      stream: (stream) => {
        this.#toPage({ type: 'stream', stream, requests: this.#settings.answered(stream) });
        this.#sendSettings();
      },
      clock: (offset) => this.#videoPort.postMessage({ type: 'clock', offset }),
    });
    connection.transport.carries?.();
    this.#clipboard.joined(connection.clipboard);
    void connection.ended.then(() => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#clipboard.left();
      this.#settings.disconnected();
    });
    this.#sendSettings();
  }

  #sendSettings(): void {
    clearTimeout(this.#settingsTimer);
    const next = this.#settings.next(localMicros());
    if (next?.type === 'wait') {
      this.#settingsTimer = setTimeout(() => this.#sendSettings(), next.us / 1000);
    } else if (next !== undefined) this.#connection?.sendSettings(next);
  }

  #onVideoWorker(message: FromVideoWorkerMedia): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (message.type === 'keyRequest') {
      connection.loseDecoder();
      return;
    }
    if (message.type === 'unused') {
      connection.reportUndecoded(message.sequence, message.why);
      return;
    }
    const ring = this.#ring?.state;
    connection.setReportValues({
      ...shownValues(message),
      ...(ring === undefined ? {} : soundValues(ring, this.#underrunsBefore)),
    });
  }

  #reportStats(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#toPage({ type: 'stats', stats: this.#statsOf(connection) });
    this.#bytesAtLastStats = connection.receivedBytes;
  }

  #statsOf(connection: Connection): NetworkStats {
    const bytes = connection.receivedBytes - this.#bytesAtLastStats;
    return networkStatsOf(connection, {
      bitrateBps: (bytes * 8 * 1000) / STATS_MS,
      audioDecodeErrors: this.#sound?.counters.errors ?? 0,
      reconnects: this.#connections - 1,
      moves: this.#moves,
      lastMove: this.#lastMove,
    });
  }
}

const packetSink = (link: SoundLink): PacketSink =>
  link.type === 'packets' ? new PacketPort(link.port) : new SoundDecoder(link);
