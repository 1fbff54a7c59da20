/**
 * The player: a frame's way through the browser, from top to bottom.
 *
 *   network worker   transport -> receiver -+-> access units, over a port that the page does not touch
 *                                           +-> sound decoder -> ring -> playback worklet
 *   video worker     decoder -> presenter -> canvas
 *   page (here)      starts and joins the parts, passes input on, shows state
 */
import type { StreamFacts } from '../protocol/control/stream.ts';
import type { InputEvent } from '../protocol/input.ts';
import { mergeChange } from '../protocol/stream-settings.ts';
import { SoundOutput } from './audio/output.ts';
import networkWorkerUrl from './network.worker.ts?worker&url';
import { addressedSettings, readPageParameters, type PageParameters } from './page-parameters.ts';
import { scriptUrl } from './script-urls.ts';
import { sayLeave } from './session-api.ts';
import { Measurements } from './stats/measurements.ts';
import {
  playbackMode,
  settingsInForce,
  streamChangeOf,
  type AppliedSettings,
  type RefusedSettings,
  type UserChange,
  type UserSettings,
} from './settings/user-settings.ts';
import type { TransportChoice, TransportMove } from './transport/moves.ts';
import { transportNamed, type TransportKind } from './transport/transport.ts';
import { desktopSize } from './video/desktop-size.ts';
import { playoutOf } from './video/playout.ts';
import { PageSink } from './video/page-sink.ts';
import type { SinkKind } from './video/sink.ts';
import videoWorkerUrl from './video/video.worker.ts?worker&url';
import type { PatternProbeReport } from './stats/pattern-probe.ts';
import type {
  ArrivalReport,
  Cursor,
  FromNetworkWorker,
  FromVideoWorker,
  NetworkStats,
  PlayerState,
  PlayerStats,
  SessionEnding,
  SoundState,
  ToNetworkWorker,
  ToVideoWorker,
  VideoStats,
} from './worker-messages.ts';

export type {
  ArrivalReport,
  Cursor,
  PatternProbeReport,
  PlayerState,
  PlayerStats,
  SessionEnding,
  SoundState,
  TransportChoice,
  TransportMove,
};

/** What the page gives the player. The canvas belongs to the player from then on: its size is the desktop's. */
export interface PlayerOptions {
  readonly canvas: HTMLCanvasElement;
  /** Where the sink `track` plays; without it there is only the canvas. */
  readonly video?: HTMLVideoElement;
  /** Which of the two elements has the picture from now on; the canvas at first. */
  onSink?(sink: SinkKind): void;
  onState(state: PlayerState): void;
  onCursor(cursor: Cursor): void;
  /** The transport has changed, or could not although it was to; what is seen and heard went on. */
  onMove?(move: TransportMove): void;
  /** The gateway will end the connection, or, with undefined, will not after all. */
  onEnding?(ending: SessionEnding | undefined): void;
  /** About twice a second while connected. */
  onStats(stats: PlayerStats): void;
  /** What the user chose earlier; `?mode=` and `?transport=` of the page's address are stronger. */
  readonly settings?: UserChange;
  /** What the gateway says of the stream: settings in force, offers, policy. Again whenever that changes. */
  onStream?(stream: StreamFacts): void;
}

/** Measurements that only `?probe=1` turns on. */
export interface PlayerProbe {
  /** What the painted pattern said so far. */
  pattern(): Promise<PatternProbeReport>;
  /** What arrived since the last call. */
  arrivals(): Promise<ArrivalReport>;
  /** The last seconds of sound as they left the worklet, of the left channel; `undefined` without sound. */
  recording(): Promise<{ samples: Float32Array; sampleRate: number } | undefined>;
  /** The newest statistics. */
  stats(): PlayerStats | undefined;
  /** Changes of the transport so far, at milliseconds since 1970; the oldest fifty. */
  moves(): readonly (TransportMove & { readonly atMs: number })[];
  /** Player.chooseTransport, without the settings taking the focus. */
  chooseTransport(choice: TransportChoice): Promise<boolean>;
  /** Player.apply, without a panel. */
  apply(change: UserChange): Promise<AppliedSettings>;
  /** What the gateway said of the stream last. */
  stream(): StreamFacts | undefined;
  /** Names the connection. */
  connection(): string | undefined;
}

/** Where the transport that won last time is remembered in this browser. */
const WINNER_KEY = 'oriel.transport';

/** Seconds of sound that the probe keeps. */
const RECORD_SECONDS = 20;

/** Moves that the probe keeps: a session moves at most twice a minute by itself. */
const MAX_MOVES = 50;

/** One desktop on one canvas. `start()` connects, and connects again after every cut, until `close()`. */
export class Player {
  /** Only with `?probe=1` in the page's address. */
  readonly probe: PlayerProbe | undefined;
  /** Recordings for the compare page. */
  readonly measurements = new Measurements({
    toVideo: (message) => this.#toVideo({ type: 'measure', message }),
    toNetwork: (message) => this.#toNetwork({ type: 'measure', message }),
    audio: () => this.#sound.stats,
  });
  readonly #options: PlayerOptions;
  readonly #page: PageParameters;
  readonly #sound: SoundOutput;
  readonly #sink: PageSink;
  readonly #network: Worker;
  readonly #video: Worker;
  readonly #stopListening = new AbortController();
  readonly #arrivalAnswers = new Map<number, (report: ArrivalReport) => void>();
  readonly #moves: (TransportMove & { readonly atMs: number })[] = [];
  readonly #choices = new Map<number, (holds: boolean) => void>();
  readonly #probeAnswers = new Map<number, (report: PatternProbeReport) => void>();
  readonly #changes = new Map<number, (answer: StreamFacts) => void>();
  #requests = 0;
  #chosen: UserChange;
  /** What the video worker was told last. */
  #playout: string | undefined;
  #stream: StreamFacts | undefined;
  #state: PlayerState = { phase: 'connecting' };
  #networkStats: NetworkStats | undefined;
  #videoStats: VideoStats | undefined;
  #stats: PlayerStats | undefined;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#page = readPageParameters(location.search);
    const { hasProbe } = this.#page;
    this.#chosen = mergeChange<UserChange>(options.settings ?? {}, addressedSettings(this.#page));
    const { settings } = this;
    this.#sound = new SoundOutput({
      settings,
      recordSeconds: hasProbe ? RECORD_SECONDS : 0,
      onClock: (shift) => this.#toVideo({ type: 'soundClock', shift }),
    });
    this.#sink = new PageSink({
      video: options.video,
      toWorker: (message, transfer) => this.#toVideo(message, transfer),
      onShown: (sink) => options.onSink?.(sink),
    });
    this.#network = new Worker(scriptUrl(networkWorkerUrl), { type: 'module', name: 'network' });
    this.#video = new Worker(scriptUrl(videoWorkerUrl), { type: 'module', name: 'video' });
    this.#network.onmessage = (event: MessageEvent<FromNetworkWorker>) =>
      this.#onNetwork(event.data);
    this.#video.onmessage = (event: MessageEvent<FromVideoWorker>) => this.#onVideo(event.data);
    const onWorkerError = (event: ErrorEvent): void =>
      this.#show({ phase: 'refused', message: `The player failed: ${event.message}` });
    this.#network.onerror = onWorkerError;
    this.#video.onerror = onWorkerError;
    if (hasProbe) {
      this.probe = {
        pattern: () => this.#askPattern(),
        arrivals: () => this.#askArrivals(),
        recording: () => this.#sound.recording(),
        stats: () => this.#stats,
        moves: () => this.#moves,
        apply: (change) => this.apply(change),
        stream: () => this.#stream,
        connection: () => this.#state.connection,
        chooseTransport: (choice) => this.chooseTransport(choice),
      };
    }
  }

  /** Begins to connect. Call once. */
  start(): void {
    const { hasProbe, upgradePauseMs } = this.#page;
    const { settings } = this;
    const media = new MessageChannel();
    const canvas = this.#options.canvas.transferControlToOffscreen();
    const mediaPort = media.port1;
    const probe = hasProbe;
    const playout = playoutOf(playbackMode(settings));
    this.#playout = JSON.stringify(playout);
    this.#toVideo({ type: 'start', canvas, playout, mediaPort, probe }, [canvas, mediaPort]);
    const videoPort = media.port2;
    const sound = this.#sound.link;
    const soundPort = sound?.type === 'port' ? [sound.port] : [];
    const lastWinner = readLastWinner();
    this.#toNetwork(
      {
        type: 'start',
        page: location.href,
        chosen: this.#chosen,
        lastWinner,
        videoPort,
        sound,
        probe,
        ...(upgradePauseMs === undefined ? {} : { upgradePauseMs }),
      },
      [videoPort, ...soundPort],
    );
    // What was applied before the workers ran is part of `chosen` and needs its answer all the same.
    for (const request of this.#changes.keys()) {
      this.#toNetwork({ type: 'settings', request, change: {} });
    }
    void this.#sound.start();
    this.#sink.choose(settings.sink);
    this.#hastenWhenBack();
    this.#watchVisibility();
    this.#leaveWithPage();
    this.#show(this.#state);
  }

  /** Sends input in order; it is kept and repeated until the server has it. Ignored while not live. */
  sendInput(events: readonly InputEvent[]): void {
    if (this.#state.phase === 'live' && events.length > 0) {
      this.#toNetwork({ type: 'input', events });
    }
  }

  /**
   * Chooses the transport of this session and moves it there while it goes on; 'auto' lets measurements choose. Resolves with whether
   * the choice holds: one that brings no picture changes nothing.
   */
  chooseTransport(choice: TransportChoice): Promise<boolean> {
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve) => {
      this.#choices.set(request, resolve);
      this.#toNetwork({ type: 'choose', request, choice });
    });
  }

  /** What holds now: what was chosen, where the gateway has not said otherwise. */
  get settings(): UserSettings {
    return settingsInForce(this.#chosen, this.#stream?.settings);
  }

  /**
   * Changes settings while everything runs. Resolves when the gateway has answered, after a reconnect if need be, and the
   * player presents by the new values; what is this browser's own holds at once. Never settles when the player is closed first.
   */
  async apply(change: UserChange): Promise<AppliedSettings> {
    const { transport, ...others } = change;
    const holds = transport === undefined || (await this.#changeTransport(transport));
    const taken: UserChange = holds ? change : others;
    this.#chosen = mergeChange(this.#chosen, taken);
    this.#present();
    const isSinkRefused = change.sink === 'track' && this.#sink.trackRefused !== undefined;
    const refused: RefusedSettings = {
      ...(holds ? {} : { transport: 'unavailable' }),
      ...(isSinkRefused ? { sink: 'unavailable' } : {}),
    };
    if (Object.keys(streamChangeOf(taken)).length === 0)
      return { settings: this.settings, refused };
    this.#requests += 1;
    const request = this.#requests;
    const answer = await new Promise<StreamFacts>((resolve) => {
      this.#changes.set(request, resolve);
      this.#toNetwork({ type: 'settings', request, change: taken });
    });
    return { settings: this.settings, refused: { ...answer.refused, ...refused } };
  }

  /** Starts the sound inside a user gesture where the browser demands one. Never rejects. */
  resumeSound(): Promise<void> {
    return this.#sound.resume();
  }

  get soundState(): SoundState {
    return this.#sound.state;
  }

  /** Ends the connection and frees everything. Idempotent. */
  close(): void {
    if (this.#stopListening.signal.aborted) return;
    this.#stopListening.abort();
    this.#toNetwork({ type: 'close' });
    this.#toVideo({ type: 'close' });
    this.#sound.close();
    this.#sink.close();
    this.#show({ phase: 'ended' });
  }

  #onNetwork(message: FromNetworkWorker): void {
    switch (message.type) {
      case 'state':
        this.#show(message.state);
        break;
      case 'role':
        if (this.#state.phase === 'live') this.#show({ ...this.#state, role: message.role });
        break;
      case 'stream':
        this.#onStream(message.stream, message.requests);
        break;
      case 'winner':
        rememberWinner(message.transport);
        break;
      case 'moved':
        this.#moved(message.move);
        break;
      case 'ending':
        this.#options.onEnding?.(message.ending);
        break;
      case 'chosen':
        this.#choices.get(message.request)?.(message.holds);
        this.#choices.delete(message.request);
        break;
      case 'soundJitter':
        this.#sound.setJitter(message.jitterMs);
        break;
      case 'cursor':
        this.#options.onCursor(message.cursor);
        break;
      case 'arrivals':
        this.#arrivalAnswers.get(message.request)?.(message.report);
        this.#arrivalAnswers.delete(message.request);
        break;
      case 'measured':
        this.measurements.onNetwork(message.message);
        break;
      case 'stats':
        this.#networkStats = message.stats;
        break;
    }
  }

  #onVideo(message: FromVideoWorker): void {
    switch (message.type) {
      case 'stats':
        this.#videoStats = message.stats;
        this.#showStats();
        break;
      case 'size': {
        const { width, height } = message;
        if (this.#state.phase === 'live')
          this.#show({
            ...this.#state,
            // STREAM knows; the picture only lets one guess.
            desktop: this.#stream?.desktop ?? desktopSize(this.#state.desktop, message),
            picture: { width, height },
          });
        break;
      }
      case 'measured':
        this.measurements.onVideo(message.message);
        break;
      case 'sink':
      case 'canvasTooSlow':
        this.#sink.onWorker(message);
        break;
      case 'probe':
        this.#probeAnswers.get(message.request)?.(message.report);
        this.#probeAnswers.delete(message.request);
        break;
    }
  }

  /** Before it is live a session has nothing to move: it will begin where it was told to. */
  #changeTransport(choice: TransportChoice): Promise<boolean> {
    if (choice === this.settings.transport) return Promise.resolve(true);
    return this.chooseTransport(choice);
  }

  /** The desktop may change its size while the session goes on. */
  #showDesktop({ desktop }: StreamFacts): void {
    const before = this.#state.desktop;
    if (this.#state.phase !== 'live') return;
    if (before?.width === desktop.width && before.height === desktop.height) return;
    this.#show({ ...this.#state, desktop });
  }

  #onStream(stream: StreamFacts, requests: readonly number[]): void {
    this.#stream = stream;
    this.#showDesktop(stream);
    this.#present();
    this.#options.onStream?.(stream);
    for (const request of requests) {
      this.#changes.get(request)?.(stream);
      this.#changes.delete(request);
    }
  }

  /** Tells everything that plays what holds now. */
  #present(): void {
    const { settings } = this;
    this.#sound.apply(settings);
    this.#sink.choose(settings.sink);
    const playout = playoutOf(playbackMode(settings));
    const text = JSON.stringify(playout);
    if (text === this.#playout) return;
    this.#playout = text;
    this.#toVideo({ type: 'playout', playout });
  }

  #moved(move: TransportMove): void {
    const atMs = performance.timeOrigin + performance.now();
    if (this.probe !== undefined && this.#moves.length < MAX_MOVES)
      this.#moves.push({ ...move, atMs });
    this.#options.onMove?.(move);
  }

  #show(state: PlayerState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #showStats(): void {
    if (this.#state.phase !== 'live') return;
    const [network, video, audio] = [this.#networkStats, this.#videoStats, this.#sound.stats];
    this.#stats = { network, video, audio };
    this.#options.onStats(this.#stats);
  }

  #askPattern(): Promise<PatternProbeReport> {
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve) => {
      this.#probeAnswers.set(request, resolve);
      this.#toVideo({ type: 'probe', request });
    });
  }

  #askArrivals(): Promise<ArrivalReport> {
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve) => {
      this.#arrivalAnswers.set(request, resolve);
      this.#toNetwork({ type: 'arrivals', request });
    });
  }

  #hastenWhenBack(): void {
    const { signal } = this.#stopListening;
    const hasten = (): void => this.#toNetwork({ type: 'hasten' });
    addEventListener('online', hasten, { signal });
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState === 'visible') hasten();
      },
      { signal },
    );
  }

  /** Nobody sees a hidden page: it asks for no picture, and shows none; its sound goes on. */
  #watchVisibility(): void {
    const { signal } = this.#stopListening;
    const tell = (): void => {
      const isHidden = document.visibilityState === 'hidden';
      this.#toVideo({ type: 'hidden', isHidden });
      const video = isHidden ? 'hidden' : 'shown';
      if ((this.#chosen.video ?? 'shown') !== video) void this.apply({ video });
    };
    document.addEventListener('visibilitychange', tell, { signal });
    if (document.visibilityState === 'hidden') tell();
  }

  /** A browser that closes a tab may say nothing over WebTransport, so that the page has to. */
  #leaveWithPage(): void {
    const { signal } = this.#stopListening;
    const leave = (): void => {
      const { phase, connection } = this.#state;
      if (phase === 'live' && connection !== undefined) sayLeave(connection);
    };
    addEventListener('pagehide', leave, { signal });
  }

  #toNetwork(message: ToNetworkWorker, transfer: Transferable[] = []): void {
    this.#network.postMessage(message, transfer);
  }

  #toVideo(message: ToVideoWorker, transfer: Transferable[] = []): void {
    this.#video.postMessage(message, transfer);
  }
}

/** Storage may be forbidden to this page; then the race runs as for the first time. */
function readLastWinner(): TransportKind | undefined {
  try {
    return transportNamed(localStorage.getItem(WINNER_KEY));
  } catch {
    return undefined;
  }
}

function rememberWinner(transport: TransportKind): void {
  try {
    localStorage.setItem(WINNER_KEY, transport);
  } catch {
    // See readLastWinner.
  }
}
