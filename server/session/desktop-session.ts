import { SessionCode } from '../../protocol/errors.ts';
import type { InputEvent } from '../../protocol/input.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';
import { millis, type Micros, type Millis } from '../../protocol/time.ts';
import type { AccessUnit, AccessUnitSink, VideoParameters } from '../ingest/access-unit.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import { ControlLease } from './control-lease.ts';
import { EncoderSteering, type PauseCounters, type SteeredEncoder } from './encoder-steering.ts';
import { Joins } from './joins.ts';
import { KeyframeRequests } from './keyframe-requests.ts';
import type { SessionObserver } from './session-observer.ts';
import { StreamControl, type SteeredSound } from './stream-control.ts';
import type { StreamRules } from './stream-rules.ts';
import type {
  DesktopAudience,
  PointerImage,
  SharedStream,
  ViewerDesktop,
} from './viewer-desktop.ts';
import type { ViewerStatus } from './viewer-status.ts';
import { Viewer } from './viewer.ts';

/** How often time passes for the viewers: fine enough for a 1 s silence and a 10 s stall. */
const TICK_MS = 50;

/** From GOAWAY to the close when the gateway ends: a round trip, so that it is not overtaken. Milliseconds; a guess. */
const GOAWAY_MS = 250;

/** A picture or sound source: its access units, and what can be asked of its encoder. */
export interface MediaPort {
  subscribe(sink: AccessUnitSink): () => void;
  readonly parameters: VideoParameters | undefined;
  requestKeyframe(): void;
  /** Stops and resumes encoding; resuming costs no keyframe. */
  setPaused(paused: boolean): void;
}

/** The picture's source, whose encoder follows a link. */
export interface VideoPort extends MediaPort, SteeredEncoder {
  /** Kinds of video that `setCodec` takes, the one of `auto` first. */
  readonly codecs: readonly VideoCodecName[];
  /** The kind that is made, and the name of what makes it. */
  readonly running: { readonly name: VideoCodecName; readonly encoder: string };
  /** Whether `setScale` has an effect. */
  readonly canScale: boolean;
}

/** The sound's source. */
export interface AudioPort extends MediaPort, SteeredSound {}

/** Where input goes and what is known about the screen. */
export interface DesktopPort {
  readonly size: { readonly width: number; readonly height: number };
  readonly pointer: PointerImage | undefined;
  /** Whether the screen cannot be reached just now: its picture stands still and input goes nowhere. Absent: never. */
  readonly isAway?: boolean;
  inject(event: InputEvent): void;
}

export interface DesktopSessionOptions {
  readonly video: VideoPort;
  /** What the encoder was started with, and the most that it is set to. */
  readonly videoLimits: { readonly bitrateBps: number; readonly frameRate: number };
  readonly audio: AudioPort | undefined;
  /** What `auto` is. */
  readonly audioBitrateKbps: number;
  /** What the operator says about settings; the encoders were started with their defaults. */
  readonly rules: StreamRules;
  readonly desktop: DesktopPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxViewers: number;
  readonly observer: SessionObserver;
  /** Somebody of this login typed or pointed. */
  onActive?(session: string): void;
}

/** One desktop and everybody who watches or controls it. */
export class DesktopSession implements ViewerDesktop {
  readonly #options: DesktopSessionOptions;
  readonly #viewers = new Set<Viewer>();
  readonly #audiences = new Set<DesktopAudience>();
  readonly #joins = new Joins();
  readonly #lease = new ControlLease();
  readonly #steering: EncoderSteering;
  readonly #keyframes: KeyframeRequests;
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: (() => void)[] = [];
  readonly #control: StreamControl;
  /** The login whose settings the encoders have; undefined: the operator's. */
  #settingsOf: string | undefined;
  #announced: VideoParameters | undefined;
  #isPaused = false;

  constructor(options: DesktopSessionOptions) {
    this.#options = options;
    this.#steering = new EncoderSteering({ encoder: options.video, ...options.videoLimits });
    const { audio, audioBitrateKbps, videoLimits, rules } = options;
    this.#control = new StreamControl({
      steering: this.#steering,
      sound: audio,
      defaults: rules.defaults,
      limits: { ...videoLimits, audioBitrateKbps },
    });
    this.#keyframes = new KeyframeRequests(options.clock, () => {
      this.#steering.pictureWanted(options.clock.now());
      options.video.requestKeyframe();
    });
    const sink: AccessUnitSink = {
      accessUnit: (unit) => {
        if (unit.key) this.#announce();
        for (const audience of this.#audiences) audience.accessUnit(unit);
        if (unit.kind === 'video') this.#steer(unit);
      },
    };
    this.#unsubscribe.push(options.video.subscribe(sink));
    if (options.audio !== undefined) this.#unsubscribe.push(options.audio.subscribe(sink));
    this.#timer = setInterval(() => {
      const now = options.clock.now();
      this.settingsWished();
      for (const viewer of this.#viewers) viewer.tick(now);
      this.#steering.follow(this.#driver?.demand, options.desktop.size, now);
    }, TICK_MS);
  }

  /** How each connection that has joined stands. */
  get viewers(): readonly ViewerStatus[] {
    return [...this.#viewers].flatMap((viewer) => viewer.status ?? []);
  }

  /** How often encoding was halted since the start, by reason. */
  get pauses(): PauseCounters {
    return this.#steering.pauses;
  }

  /** What the encoder is asked for, bits per second. */
  get askedBps(): number {
    return this.#steering.askedBps;
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  /** Whether one more connection of this login fits: its own older one makes room. */
  hasRoomFor(session: string): boolean {
    const others = [...this.#viewers].filter((viewer) => viewer.admission.session !== session);
    return others.length < this.#options.maxViewers;
  }

  /** Takes a connection that has been authenticated. The newest connection of a login replaces its older one. */
  connect(transport: ServerTransport, admission: Admission): void {
    const { clock, logger } = this.#options;
    if (!this.hasRoomFor(admission.session)) {
      transport.close(
        SessionCode.limit,
        `${this.#options.maxViewers} viewers are connected already`,
      );
      return;
    }
    const viewer = new Viewer({
      transport,
      desktop: this,
      admission,
      clock,
      logger,
      observer: this.#options.observer,
      join: (joining, move) => {
        const others = this.#of(admission.session).filter((other) => other !== joining);
        return this.#joins.join(joining, { others, move, now: clock.now() });
      },
      onQueueMoved: (moved, now) => this.#queueMoved(moved, now),
    });
    this.#viewers.add(viewer);
    void viewer.closed.then(({ code, clean }) => {
      this.#viewers.delete(viewer);
      // A cut may be mended, and control waits for that; who closes in order does not come back by itself.
      if (clean && code === SessionCode.ok) this.#releaseControlOf(viewer);
      if (this.#of(admission.session).length === 0) this.#joins.forget(admission.session);
    });
  }

  /** A picture of the pointer that every viewer gets. */
  pointerChanged(image: PointerImage): void {
    for (const audience of this.#audiences) audience.pointer(image);
  }

  /** What the screen shows has changed. A source that never says so is never paused for stillness. */
  screenChanged(): void {
    this.#steering.screenChanged(this.#options.clock.now());
  }

  /** Nobody knows what changes on the screen, until the next `screenChanged`. */
  screenUnwatched(): void {
    this.#steering.screenUnwatched(this.#options.clock.now());
  }

  /**
   * A page says that it goes away, which its connection may have no time for: ends the connection of that attempt, if it
   * is one of this login.
   */
  leave(session: string, attempt: string): void {
    const own = this.#of(session);
    const named = own.find((viewer) => viewer.admission.attempt === attempt);
    if (named === undefined) return;
    // While it moves a page has two connections, and both end with it.
    const isOfPage = (viewer: Viewer): boolean =>
      viewer === named || (viewer.hasJoined && viewer.continuity === named.continuity);
    for (const viewer of own.filter(isOfPage)) {
      viewer.close(SessionCode.ok, 'the page was left');
      this.#releaseControlOf(viewer);
    }
  }

  /** Ends a login: its connections close and its control is free. Its users read why, if that is given. */
  logout(session: string, reason?: string): void {
    this.#lease.release(session);
    for (const viewer of this.#of(session)) {
      if (reason === undefined) viewer.close(SessionCode.auth, 'logged out');
      else viewer.close(SessionCode.ok, reason);
    }
  }

  /** Tells the users of a login that it ends soon; an empty message says that it will not after all. */
  warn(session: string, remaining: Millis, message: string): void {
    for (const viewer of this.#of(session)) viewer.goaway(remaining, message);
  }

  async close(reason: string): Promise<void> {
    clearInterval(this.#timer);
    this.#keyframes.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const closing = [...this.#viewers].map((viewer) => viewer.closed);
    for (const viewer of this.#viewers) viewer.goaway(millis(GOAWAY_MS), reason);
    if (closing.length > 0) await new Promise((resolve) => setTimeout(resolve, GOAWAY_MS));
    for (const viewer of this.#viewers) viewer.close(SessionCode.shutdown, reason);
    await Promise.all(closing);
  }

  get size(): { readonly width: number; readonly height: number } {
    return this.#options.desktop.size;
  }

  get video(): VideoParameters | undefined {
    return this.#options.video.parameters;
  }

  get maxVideoBps(): number {
    return this.#control.maxBitrateBps;
  }

  get sound(): { readonly frameMs: number } | undefined {
    return this.#control.audio;
  }

  get pointer(): PointerImage | undefined {
    return this.#options.desktop.pointer;
  }

  get stream(): SharedStream {
    const { video, rules, desktop } = this.#options;
    const { codec = 'avc1.42C028', width, height } = { ...this.size, ...video.parameters };
    const { frameRate } = this.#steering;
    return {
      rules,
      codecs: video.codecs,
      canScale: video.canScale,
      settings: this.#control.settings,
      desktop: desktop.size,
      isAway: desktop.isAway === true,
      video: { codec, ...video.running, width, height, frameRate },
      audio: this.#control.audio,
    };
  }

  settingsWished(): void {
    const { clock, desktop, rules } = this.#options;
    const controller = this.#controller;
    const now = clock.now();
    this.#pauseUnlessWatched();
    if (controller?.settings === undefined) {
      if (!this.#lease.isFree) return;
      this.#settingsOf = undefined;
      this.#control.follow(rules.defaults, desktop.size, now);
      return;
    }
    const { settings } = controller;
    const { session } = controller.admission;
    // A connection that comes back says in a moment what its login wants.
    if (!settings.hasAsked && this.#settingsOf === session) return;
    this.#settingsOf = session;
    this.#control.follow(settings.wished, desktop.size, now);
  }

  join(audience: DesktopAudience): () => void {
    this.#audiences.add(audience);
    this.#pauseUnlessWatched();
    return () => {
      this.#audiences.delete(audience);
      this.#pauseUnlessWatched();
    };
  }

  requestKeyframe(session?: string): void {
    const driver = this.#driver;
    const drives = driver === undefined || driver.admission.session === session;
    this.#keyframes.request(session !== undefined && !drives);
  }

  inject(events: readonly InputEvent[]): void {
    for (const event of events) this.#options.desktop.inject(event);
  }

  claimControl(session: string, now: Micros): boolean {
    this.#options.onActive?.(session);
    return this.#lease.claim(session, now);
  }

  hasControl(session: string): boolean {
    return this.#lease.isHeldBy(session);
  }

  heartbeat(session: string, now: Micros): void {
    this.#lease.heartbeat(session, now);
  }

  /** Control is free at once when the last connection of its holder has ended in order. */
  #releaseControlOf(left: Viewer): void {
    const { session } = left.admission;
    const isLast = !this.#of(session).some((viewer) => viewer.isLive);
    if (left.hasJoined && isLast) this.#lease.release(session);
  }

  /** The newest connection of the one who has control. */
  get #controller(): Viewer | undefined {
    return [...this.#viewers].findLast(
      (viewer) => viewer.isLive && this.#lease.isHeldBy(viewer.admission.session),
    );
  }

  /** A kind or size of picture that is new is told before its first keyframe goes out. */
  #announce(): void {
    const { parameters } = this.#options.video;
    if (parameters === this.#announced) return;
    this.#announced = parameters;
    for (const viewer of this.#viewers) viewer.tellStream();
  }

  /** Whose link the encoder follows: that of the one who has control, else of the one who has been here longest. */
  get #driver(): Viewer | undefined {
    let first: Viewer | undefined;
    for (const viewer of this.#viewers) {
      if (!viewer.isLive || viewer.settings?.isVideoShown === false) continue;
      if (this.#lease.isHeldBy(viewer.admission.session)) return viewer;
      first ??= viewer;
    }
    return first;
  }

  #steer(unit: AccessUnit): void {
    const { clock } = this.#options;
    const captured = clock.fromMonotonicNanos(unit.captureTime);
    const { size } = this.#options.desktop;
    this.#steering.pictureMade(captured, unit.data.length, this.video ?? size);
    this.#steering.rateMade(unit.data.length, unit.key);
    this.#keyframes.pictureMade(unit.data.length, unit.key, unit.durationUs);
    const demand = this.#driver?.demand;
    if (demand === undefined) return;
    this.#steering.pictureQueued(captured, demand.videoDelay, clock.now());
  }

  #queueMoved(viewer: Viewer, now: Micros): void {
    const driver = this.#driver;
    if (viewer === driver && driver.demand !== undefined)
      this.#steering.queueMoved(driver.demand.videoDelay, now);
  }

  #of(session: string): readonly Viewer[] {
    return [...this.#viewers].filter((viewer) => viewer.admission.session === session);
  }

  /** The first pictures are always made: they tell the size, and warm the encoder up for the first viewer. */
  #pauseUnlessWatched(): void {
    const isStarted = this.#options.video.parameters !== undefined;
    const isWatched = [...this.#audiences].some(({ wantsVideo }) => wantsVideo);
    this.#steering.setWatched(isWatched || !isStarted);
    const paused = this.#audiences.size === 0 && isStarted;
    if (paused === this.#isPaused) return;
    this.#isPaused = paused;
    this.#options.audio?.setPaused(paused);
  }
}
