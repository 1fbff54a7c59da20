import { SessionCode } from '../../protocol/errors.ts';
import type { InputEvent } from '../../protocol/input.ts';
import type { Micros } from '../../protocol/time.ts';
import type { AccessUnit, AccessUnitSink, VideoParameters } from '../ingest/access-unit.ts';
import type { Logger } from '../observe/logger.ts';
import type { DropReason } from '../schedule/drop-policy.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { UnusedReason } from './client-report.ts';
import { ControlLease } from './control-lease.ts';
import { EncoderSteering, type SteeredEncoder } from './encoder-steering.ts';
import { Joins } from './joins.ts';
import { KeyframeRequests } from './keyframe-requests.ts';
import type { DesktopAudience, PointerImage, ViewerDesktop } from './viewer-desktop.ts';
import { Viewer, type Admission } from './viewer.ts';

/** How often time passes for the viewers: fine enough for a 1 s silence and a 10 s stall. */
const TICK_MS = 50;

/** A picture or sound source: its access units, and what can be asked of its encoder. */
export interface MediaPort {
  subscribe(sink: AccessUnitSink): () => void;
  readonly parameters: VideoParameters | undefined;
  requestKeyframe(): void;
  /** Stops and resumes encoding; resuming costs no keyframe. */
  setPaused(paused: boolean): void;
}

/** The picture's source, whose encoder follows a link. */
export interface VideoPort extends MediaPort, SteeredEncoder {}

/** Where input goes and what is known about the screen. */
export interface DesktopPort {
  readonly size: { readonly width: number; readonly height: number };
  readonly pointer: PointerImage | undefined;
  inject(event: InputEvent): void;
}

export interface DesktopSessionOptions {
  readonly video: VideoPort;
  /** What the encoder was started with, and the most that it is set to. */
  readonly videoLimits: { readonly bitrateBps: number; readonly frameRate: number };
  readonly audio: MediaPort | undefined;
  readonly audioFrameMs: number;
  readonly desktop: DesktopPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxViewers: number;
  onDenied(type: string): void;
  /** Told of messages that were not sent to a viewer. */
  onDropped(reason: DropReason, count: number): void;
  /** Told of what a client says it could not use. */
  onUnused(reason: UnusedReason, count: number): void;
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
  #isPaused = false;

  constructor(options: DesktopSessionOptions) {
    this.#options = options;
    this.#steering = new EncoderSteering({ encoder: options.video, ...options.videoLimits });
    this.#keyframes = new KeyframeRequests(options.clock, () => {
      this.#steering.pictureWanted(options.clock.now());
      options.video.requestKeyframe();
    });
    const sink: AccessUnitSink = {
      accessUnit: (unit) => {
        for (const audience of this.#audiences) audience.accessUnit(unit);
        if (unit.kind === 'video') this.#steer(unit);
      },
    };
    this.#unsubscribe.push(options.video.subscribe(sink));
    if (options.audio !== undefined) this.#unsubscribe.push(options.audio.subscribe(sink));
    this.#timer = setInterval(() => {
      const now = options.clock.now();
      for (const viewer of this.#viewers) viewer.tick(now);
      this.#pauseUnlessWatched();
      this.#steering.follow(this.#driver?.demand, options.desktop.size, now);
    }, TICK_MS);
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
      onDenied: (type) => this.#options.onDenied(type),
      join: (joining, move) => {
        const others = this.#of(admission.session).filter((other) => other !== joining);
        return this.#joins.join(joining, { others, move, now: clock.now() });
      },
      onQueueMoved: (moved, now) => this.#queueMoved(moved, now),
      onDropped: (reason, count) => this.#options.onDropped(reason, count),
      onUnused: (reason, count) => this.#options.onUnused(reason, count),
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

  /** Ends a login: its connections close and its control is free. */
  logout(session: string): void {
    this.#lease.release(session);
    for (const viewer of this.#viewers) {
      if (viewer.admission.session === session) viewer.close(SessionCode.auth, 'logged out');
    }
  }

  async close(reason: string): Promise<void> {
    clearInterval(this.#timer);
    this.#keyframes.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const closing = [...this.#viewers].map((viewer) => viewer.closed);
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
    return this.#options.videoLimits.bitrateBps;
  }

  get sound(): { readonly frameMs: number } | undefined {
    return this.#options.audio && { frameMs: this.#options.audioFrameMs };
  }

  get pointer(): PointerImage | undefined {
    return this.#options.desktop.pointer;
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

  /** Whose link the encoder follows: that of the one who has control, else of the one who has been here longest. */
  get #driver(): Viewer | undefined {
    let first: Viewer | undefined;
    for (const viewer of this.#viewers) {
      if (!viewer.isLive) continue;
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
    const paused = this.#audiences.size === 0 && this.#options.video.parameters !== undefined;
    this.#steering.setWatched(!paused);
    if (paused === this.#isPaused) return;
    this.#isPaused = paused;
    this.#options.audio?.setPaused(paused);
  }
}
