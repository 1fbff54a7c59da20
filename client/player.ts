/**
 * The player: a frame's way through the browser, from top to bottom.
 *
 *   network worker   transport -> receiver -+-> access units, over a port that the page does not touch
 *                                           +-> sound decoder -> ring -> playback worklet
 *   video worker     decoder -> presenter -> canvas
 *   page             starts and joins the parts, passes input on, shows state (here); gives picture and sound their way (Playback)
 */
import type { StreamFacts } from '../protocol/control/stream.ts';
import type { InputEvent } from '../protocol/input.ts';
import { mergeChange } from '../protocol/stream-settings.ts';
import { CarriedApi } from './carried-api.ts';
import { readLastWinner, rememberWinner } from './last-winner.ts';
import type { FromNetworkWorker, PlayerState, SessionEnding } from './network/network-messages.ts';
import { addressedSettings, readPageParameters, type PageParameters } from './page-parameters.ts';
import { watchPage } from './page-presence.ts';
import { Playback } from './playback.ts';
import type { PlayerOptions } from './player-options.ts';
import { playerProbe, ProbeNotes, RECORD_SECONDS, type PlayerProbe } from './player-probe.ts';
import { PlayerWorkers } from './player-workers.ts';
import type { Cursor } from './receive/cursor.ts';
import { sayLeave } from './session-api.ts';
import { LiveSettings } from './settings/live-settings.ts';
import type { AppliedSettings, UserChange, UserSettings } from './settings/user-settings.ts';
import { ShownSession } from './shown-session.ts';
import { Measurements } from './stats/measurements.ts';
import type { PlayerStats, SoundState } from './stats/player-stats.ts';
import type { TransportChoice, TransportMove } from './transport/moves.ts';
import type { FromVideoWorker } from './video/video-messages.ts';

export type {
  Cursor,
  PlayerOptions,
  PlayerProbe,
  PlayerState,
  PlayerStats,
  SessionEnding,
  SoundState,
  TransportChoice,
  TransportMove,
};

/** One desktop on one canvas. `start()` connects, and connects again after every cut, until `close()`. */
export class Player {
  /** Only with `?probe=1` in the page's address. */
  readonly probe: PlayerProbe | undefined;
  /** Recordings for the compare page. */
  readonly measurements = new Measurements({
    toVideo: (message) => this.#workers.toVideo({ type: 'measure', message }),
    toNetwork: (message) => this.#workers.toNetwork({ type: 'measure', message }),
    audio: () => this.#playback.sound.path.stats,
  });
  /** The gateway's HTTP API, by the session's connection where there is one. */
  readonly api = new CarriedApi((message) => this.#workers.toNetwork(message));
  readonly #options: PlayerOptions;
  readonly #page: PageParameters;
  readonly #playback: Playback;
  readonly #workers: PlayerWorkers;
  readonly #stopListening = new AbortController();
  readonly #settings: LiveSettings;
  readonly #notes = new ProbeNotes();
  readonly #shown: ShownSession;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#shown = new ShownSession({
      onState: (state) => options.onState(state),
      onStats: (stats) => options.onStats(stats),
      complete: (stats) => this.#playback.rungs.complete(stats),
    });
    this.#page = readPageParameters(location.search);
    const { hasProbe } = this.#page;
    this.#settings = new LiveSettings({
      chosen: mergeChange<UserChange>(options.settings ?? {}, addressedSettings(this.#page)),
      toNetwork: (message) => this.#workers.toNetwork(message),
      present: () => this.#playback.present(this.settings),
      isTrackRefused: () => this.#playback.rungs.trackRefused !== undefined,
      chooseRung: (choice) => this.#playback.rungs.choose(choice),
    });
    this.#playback = new Playback({
      video: options.video,
      settings: this.settings,
      recordSeconds: hasProbe ? RECORD_SECONDS : 0,
      isRelayed: this.#page.isRelayed,
      toVideo: (message, transfer) => this.#workers.toVideo(message, transfer),
      toNetwork: (message, transfer) => this.#workers.toNetwork(message, transfer),
      carry: (asked) => this.api.carry(asked),
      onPlace: (place) => options.onPlace?.(place),
      onView: (view) => options.onRungs?.(view),
      onNone: (message) => this.#shown.show({ phase: 'refused', message }),
    });
    this.#workers = new PlayerWorkers({
      onNetwork: (message) => this.#onNetwork(message),
      onVideo: (message) => this.#onVideo(message),
      onFailure: (message) =>
        this.#shown.show({ phase: 'refused', message: `The player failed: ${message}` }),
    });
    if (hasProbe) this.probe = this.#makeProbe();
  }

  /** Begins to connect. Call once. */
  start(): void {
    const { hasProbe: probe, upgradePauseMs } = this.#page;
    const playout = this.#playback.firstPlayout(this.settings);
    this.#workers.start({
      video: { canvas: this.#options.canvas.transferControlToOffscreen(), playout, probe },
      network: {
        page: location.href,
        chosen: this.#settings.chosen,
        lastWinner: readLastWinner(),
        sound: this.#playback.sound.path.link,
        probe,
        ...(upgradePauseMs === undefined ? {} : { upgradePauseMs }),
      },
    });
    this.#settings.started();
    this.#playback.start();
    this.#watchPage();
    this.#shown.show(this.#shown.state);
  }

  /** Sends input in order; it is kept and repeated until the server has it. Ignored while not live. */
  sendInput(events: readonly InputEvent[]): void {
    if (this.#shown.state.phase === 'live' && events.length > 0) {
      this.#workers.toNetwork({ type: 'input', events });
    }
  }

  /** Makes a text the desktop's clipboard, not empty and at most 1 MiB of UTF-8; input that is sent after this waits for it. */
  putClipboard(text: string): void {
    this.#workers.toNetwork({ type: 'putClipboard', text });
  }

  /**
   * Chooses the transport of this session and moves it there while it goes on; 'auto' lets measurements choose. Resolves with whether
   * the choice holds: one that brings no picture changes nothing.
   *
   * @throws PlayerClosedError (as a rejection) when the player is closed first
   */
  chooseTransport(choice: TransportChoice): Promise<boolean> {
    return this.#settings.chooseTransport(choice);
  }

  /** What holds now: what was chosen, where the gateway has not said otherwise. */
  get settings(): UserSettings {
    return this.#settings.inForce;
  }

  /**
   * Changes settings while everything runs. Resolves when the gateway has answered, after a reconnect if need be, and the
   * player presents by the new values; what is this browser's own holds at once.
   *
   * @throws PlayerClosedError (as a rejection) when the player is closed first
   */
  apply(change: UserChange): Promise<AppliedSettings> {
    return this.#settings.apply(change);
  }

  /** Starts the sound inside a user gesture where the browser demands one. Never rejects. */
  resumeSound(): Promise<void> {
    return this.#playback.sound.path.resume();
  }

  get soundState(): SoundState {
    return this.#playback.sound.path.state;
  }

  /** Ends the connection and frees everything. Idempotent. */
  close(): void {
    if (this.#stopListening.signal.aborted) return;
    this.#stopListening.abort();
    this.#settings.close();
    this.#notes.close();
    this.measurements.close();
    this.api.close();
    this.#workers.toNetwork({ type: 'close' });
    this.#workers.toVideo({ type: 'close' });
    this.#playback.close();
    this.#shown.show({ phase: 'ended' });
  }

  #onNetwork(message: FromNetworkWorker): void {
    switch (message.type) {
      case 'state':
        this.#shown.show(message.state);
        break;
      case 'role':
        this.#shown.showRole(message.role);
        break;
      case 'stream':
        this.#onStream(message.stream, message.requests);
        break;
      case 'winner':
        rememberWinner(message.transport);
        break;
      case 'decoders':
      case 'peer':
      case 'tracksFailed':
      case 'tracksAdvised':
      case 'soundJitter':
        this.#playback.onNetwork(message);
        break;
      case 'moved':
        this.#notes.moved(message.move);
        this.#options.onMove?.(message.move);
        break;
      case 'ending':
        this.#options.onEnding?.(message.ending);
        break;
      case 'chosen':
        this.#settings.transportChosen(message.request, message.holds);
        break;
      case 'answered':
        this.api.answered(message);
        break;
      case 'cursor':
        this.#options.onCursor(message.cursor);
        break;
      case 'clipboard':
        this.#options.onClipboard?.(message.news);
        break;
      case 'arrivals':
        this.#notes.arrivalsTaken(message.request, message.report);
        break;
      case 'measured':
        this.measurements.onNetwork(message.message);
        break;
      case 'stats':
        this.#shown.noteNetwork(message.stats);
        break;
    }
  }

  #onVideo(message: FromVideoWorker): void {
    switch (message.type) {
      case 'stats':
        this.#shown.showStats(message.stats, this.#playback.sound.path.stats);
        break;
      case 'size':
        this.#shown.showPicture(message, this.#settings.stream?.desktop);
        break;
      case 'measured':
        this.measurements.onVideo(message.message);
        break;
      case 'sink':
      case 'canvasTooSlow':
      case 'path':
      case 'pathFailed':
      case 'element':
        this.#playback.onVideo(message);
        break;
      case 'probe':
        this.#notes.patternRead(message.request, message.report);
        break;
    }
  }

  #onStream(stream: StreamFacts, requests: readonly number[]): void {
    this.#settings.streamed(stream);
    this.#shown.showDesktop(stream.desktop);
    this.#playback.present(this.settings);
    this.#options.onStream?.(stream);
    this.#settings.answered(requests, stream);
  }

  #watchPage(): void {
    watchPage(
      {
        onBack: () => this.#workers.toNetwork({ type: 'hasten' }),
        onHidden: (isHidden) => this.#hide(isHidden),
        // A browser that closes a tab may say nothing over WebTransport, so that the page has to.
        onLeave: () => sayLeave(this.#shown.liveConnection),
      },
      this.#stopListening.signal,
    );
  }

  /** Nobody sees a hidden page: it asks for no picture, and shows none; its sound goes on. */
  #hide(isHidden: boolean): void {
    this.#workers.toVideo({ type: 'hidden', isHidden });
    const video = isHidden ? 'hidden' : 'shown';
    if ((this.#settings.chosen.video ?? 'shown') === video) return;
    // Only a player that is closed rejects, and shows nothing in any case.
    this.apply({ video }).catch(() => undefined);
  }

  #makeProbe(): PlayerProbe {
    return playerProbe(this, {
      notes: this.#notes,
      shown: this.#shown,
      settings: this.#settings,
      rungs: () => this.#playback.rungs.view,
      recording: () => this.#playback.sound.path.recording(),
      toVideo: (message) => this.#workers.toVideo(message),
      toNetwork: (message) => this.#workers.toNetwork(message),
    });
  }
}
