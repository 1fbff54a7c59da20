import { SessionCode } from '../../protocol/errors.ts';
import type { InputEvent } from '../../protocol/input.ts';
import { micros, millis, millisToMicros, type Micros, type Millis } from '../../protocol/time.ts';
import type { AccessUnit, AccessUnitSink, VideoParameters } from '../ingest/access-unit.ts';
import type { Logger } from '../observe/logger.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import { ChangeWaits } from './change-waits.ts';
import { ConnectedViewers } from './connected-viewers.ts';
import { ControlLease } from './control-lease.ts';
import type { PauseCounters } from './encoder-steering.ts';
import { Joins } from './joins.ts';
import type { SessionObserver } from './session-observer.ts';
import { SharedEncoders, type SharedEncodersOptions } from './shared-encoders.ts';
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

export interface DesktopSessionOptions extends SharedEncodersOptions {
  readonly logger: Logger;
  readonly maxViewers: number;
  readonly observer: SessionObserver;
  /** Somebody of this login typed or pointed. */
  onActive?(session: string): void;
}

/** One desktop and everybody who watches or controls it. */
export class DesktopSession implements ViewerDesktop {
  readonly #options: DesktopSessionOptions;
  readonly #encoders: SharedEncoders;
  readonly #lease = new ControlLease();
  readonly #viewers = new ConnectedViewers(this.#lease);
  readonly #audiences = new Set<DesktopAudience>();
  readonly #joins = new Joins();
  readonly #waits = new ChangeWaits();
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: (() => void)[] = [];
  #announced: VideoParameters | undefined;

  constructor(options: DesktopSessionOptions) {
    this.#options = options;
    this.#encoders = new SharedEncoders(options, () => this.#viewers.decodes());
    const sink: AccessUnitSink = {
      accessUnit: (unit) => {
        if (unit.key) this.#announce();
        const changedBefore = unit.kind === 'video' ? this.#captured(unit) : undefined;
        for (const audience of this.#audiences) audience.accessUnit(unit, changedBefore);
        if (unit.kind === 'video') this.#encoders.pictureMade(unit, this.#viewers.driver?.demand);
      },
    };
    this.#unsubscribe.push(options.video.subscribe(sink));
    if (options.audio !== undefined) this.#unsubscribe.push(options.audio.subscribe(sink));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** How each connection that has joined stands. */
  get viewers(): readonly ViewerStatus[] {
    return this.#viewers.all.flatMap((viewer) => viewer.status ?? []);
  }

  /** How often encoding was halted since the start, by reason. */
  get pauses(): PauseCounters {
    return this.#encoders.pauses;
  }

  /** What the encoder is asked for, bits per second. */
  get askedBps(): number {
    return this.#encoders.askedBps;
  }

  get viewerCount(): number {
    return this.#viewers.count;
  }

  /** Whether one more connection of this login fits: its own older one makes room. */
  hasRoomFor(session: string): boolean {
    const others = this.#viewers.all.filter((viewer) => viewer.admission.session !== session);
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
        const others = this.#viewers.of(admission.session).filter((other) => other !== joining);
        return this.#joins.join(joining, { others, move, now: clock.now() });
      },
      onQueueMoved: (moved, now) => this.#queueMoved(moved, now),
    });
    this.#viewers.add(viewer);
    void viewer.closed.then(({ code, clean }) => {
      this.#viewers.delete(viewer);
      // A cut may be mended, and control waits for that; who closes in order does not come back by itself.
      if (clean && code === SessionCode.ok) this.#releaseControlOf(viewer);
      if (this.#viewers.of(admission.session).length === 0) this.#joins.forget(admission.session);
    });
  }

  /** A picture of the pointer that every viewer gets. */
  pointerChanged(image: PointerImage): void {
    for (const audience of this.#audiences) audience.pointer(image);
  }

  /** What the screen shows has changed. A source that never says so is never paused for stillness. */
  screenChanged(): void {
    this.#encoders.screenChanged();
  }

  /** A change was noticed exactly; both moments in nanoseconds of CLOCK_MONOTONIC. */
  changeNoticed(change: { readonly quietSince: bigint; readonly changedAt: bigint }): void {
    const { clock } = this.#options;
    this.#waits.seen({
      quietSince: clock.fromMonotonicNanos(change.quietSince),
      changedAt: clock.fromMonotonicNanos(change.changedAt),
    });
  }

  /** Milliseconds to the first capture that is at least so far away. */
  untilCapture(atLeastMs: number): number {
    const now = this.#options.clock.now();
    const from = micros(now + millisToMicros(millis(atLeastMs)));
    return (this.#waits.nextCapture(from, 1e6 / this.#encoders.frameRate) - now) / 1000;
  }

  /** Nobody knows what changes on the screen, until the next `screenChanged`. */
  screenUnwatched(): void {
    this.#encoders.screenUnwatched();
  }

  /**
   * A page says that it goes away, which its connection may have no time for: ends the connection of that attempt, if it
   * is one of this login.
   */
  leave(session: string, attempt: string): void {
    const own = this.#viewers.of(session);
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
    for (const viewer of this.#viewers.of(session)) {
      if (reason === undefined) viewer.close(SessionCode.auth, 'logged out');
      else viewer.close(SessionCode.ok, reason);
    }
  }

  /** Tells the users of a login that it ends soon; an empty message says that it will not after all. */
  warn(session: string, remaining: Millis, message: string): void {
    for (const viewer of this.#viewers.of(session)) viewer.goaway(remaining, message);
  }

  async close(reason: string): Promise<void> {
    clearInterval(this.#timer);
    this.#encoders.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const closing = this.#viewers.all.map((viewer) => viewer.closed);
    for (const viewer of this.#viewers.all) viewer.goaway(millis(GOAWAY_MS), reason);
    if (closing.length > 0) await new Promise((resolve) => setTimeout(resolve, GOAWAY_MS));
    for (const viewer of this.#viewers.all) viewer.close(SessionCode.shutdown, reason);
    await Promise.all(closing);
  }

  get size(): { readonly width: number; readonly height: number } {
    return this.#options.desktop.size;
  }

  get video(): VideoParameters | undefined {
    return this.#options.video.parameters;
  }

  get maxVideoBps(): number {
    return this.#encoders.maxVideoBps;
  }

  get sound(): { readonly frameMs: number } | undefined {
    return this.#encoders.sound;
  }

  get pointer(): PointerImage | undefined {
    return this.#options.desktop.pointer;
  }

  get stream(): SharedStream {
    return this.#encoders.stream;
  }

  obstacleTo(decodes: readonly string[], session: string): string | undefined {
    // The other connections of its login give way to it.
    return this.#encoders.obstacleTo(decodes, this.#viewers.decodes(session));
  }

  settingsWished(): void {
    this.#tellAudience();
    this.#encoders.followWishes(this.#viewers.controller, this.#lease.isFree);
  }

  join(audience: DesktopAudience): () => void {
    this.#audiences.add(audience);
    this.#tellAudience();
    return () => {
      this.#audiences.delete(audience);
      this.#tellAudience();
    };
  }

  requestKeyframe(session?: string, mostBytes = Infinity): void {
    this.#encoders.requestKeyframe(session !== undefined && !this.drives(session), mostBytes);
  }

  drives(session: string): boolean {
    const { driver } = this.#viewers;
    return driver === undefined || driver.admission.session === session;
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
    const isLast = !this.#viewers.of(session).some((viewer) => viewer.isLive);
    if (left.hasJoined && isLast) this.#lease.release(session);
  }

  #tick(): void {
    const now = this.#options.clock.now();
    this.settingsWished();
    for (const viewer of this.#viewers.all) viewer.tick(now);
    this.#encoders.followLink(this.#viewers.driver?.demand, now);
  }

  /** A kind or size of picture that is new is told before its first keyframe goes out. */
  #announce(): void {
    const { parameters } = this.#options.video;
    if (parameters === this.#announced) return;
    this.#announced = parameters;
    for (const viewer of this.#viewers.all) viewer.tellStream();
  }

  #captured(unit: AccessUnit): Micros | undefined {
    const waited = this.#waits.captured(this.#options.clock.fromMonotonicNanos(unit.captureTime));
    if (waited !== undefined) this.#options.observer.changeCaptured(waited);
    return waited;
  }

  #queueMoved(viewer: Viewer, now: Micros): void {
    const demand = viewer === this.#viewers.driver ? viewer.demand : undefined;
    if (demand !== undefined) this.#encoders.queueMoved(demand, now);
  }

  #tellAudience(): void {
    this.#encoders.setAudience({
      isWatching: [...this.#audiences].some(({ wantsVideo }) => wantsVideo),
      isListening: this.#audiences.size > 0,
    });
  }
}
