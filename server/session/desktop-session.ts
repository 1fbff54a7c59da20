import { SessionCode } from '../../protocol/errors.ts';
import type { InputEvent } from '../../protocol/input.ts';
import { millis, type Micros, type Millis } from '../../protocol/time.ts';
import type { VideoParameters } from '../ingest/access-unit.ts';
import type { Logger } from '../observe/logger.ts';
import type { ServerTransport } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import { Broadcast } from './broadcast.ts';
import { ConnectedViewers } from './connected-viewers.ts';
import { ControlLease } from './control-lease.ts';
import type { PauseCounters } from './encoder-steering.ts';
import { Joins } from './joins.ts';
import type { RequestPort } from './request-port.ts';
import type { SessionObserver } from './session-observer.ts';
import { SharedClipboard } from './shared-clipboard.ts';
import type { SharedEncoders, SharedEncodersOptions } from './shared-encoders.ts';
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

/** What is shown, how many may come, and who is told of them. */
export interface DesktopSessionOptions extends SharedEncodersOptions {
  readonly logger: Logger;
  readonly maxViewers: number;
  readonly observer: SessionObserver;
  /** Somebody of this login typed or pointed. */
  onActive?(session: string): void;
}

/** One desktop and everybody who watches or controls it. */
export class DesktopSession implements ViewerDesktop {
  /** What everybody gets; told of what happens on the screen. */
  readonly broadcast: Broadcast;
  /** What is copied on the desktop, and put there; told of what is copied. */
  readonly clipboard: SharedClipboard;
  readonly #options: DesktopSessionOptions;
  readonly #encoders: SharedEncoders;
  readonly #lease = new ControlLease();
  readonly #viewers = new ConnectedViewers(this.#lease);
  readonly #joins = new Joins();
  readonly #timer: NodeJS.Timeout;

  constructor(options: DesktopSessionOptions) {
    this.#options = options;
    this.broadcast = new Broadcast({
      ...options,
      decodes: () => this.#viewers.decodes(),
      demand: () => this.#viewers.driver?.demand,
      onParameters: () => {
        for (const viewer of this.#viewers.all) viewer.tellStream();
      },
    });
    this.#encoders = this.broadcast.encoders;
    this.clipboard = new SharedClipboard({
      port: options.desktop.clipboard,
      clock: options.clock,
      onCopied: () => {
        for (const viewer of this.#viewers.all) viewer.tellClipboard(options.clock.now());
      },
    });
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
    // Whose goodbye is under way has left already.
    const others = this.#viewers.all.filter(
      (viewer) => !viewer.isOver && viewer.admission.session !== session,
    );
    return others.length < this.#options.maxViewers;
  }

  /**
   * Takes a connection that has been authenticated. The newest connection of a login replaces its older one.
   *
   * @param requests answers requests of the HTTP API in its name; without them it takes none
   */
  connect(transport: ServerTransport, admission: Admission, requests?: RequestPort): void {
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
      requests,
      join: (joining, move) => {
        const others = this.#viewers.of(admission.session).filter((other) => other !== joining);
        return this.#joins.join(joining, { others, move, now: clock.now() });
      },
      onLinkMoved: (moved, now) => this.#linkMoved(moved, now),
    });
    this.#viewers.add(viewer);
    void viewer.closed.then(({ code, clean }) => {
      this.#viewers.delete(viewer);
      // A cut may be mended, and control waits for that; who closes in order does not come back by itself.
      if (clean && code === SessionCode.ok) this.#releaseControlOf(viewer);
      if (this.#viewers.of(admission.session).length === 0) this.#joins.forget(admission.session);
    });
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
    this.broadcast.close();
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
    this.broadcast.countAudience();
    this.#encoders.followWishes(this.#viewers.controller, this.#lease.isFree);
  }

  join(audience: DesktopAudience): () => void {
    return this.broadcast.join(audience);
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

  #linkMoved(viewer: Viewer, now: Micros): void {
    const demand = viewer === this.#viewers.driver ? viewer.demand : undefined;
    if (demand !== undefined) this.#encoders.linkMoved(demand, now);
  }
}
