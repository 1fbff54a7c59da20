import { SessionCode } from '../../protocol/errors.ts';
import type { MoveUnit } from '../../protocol/control/move.ts';
import { localMicros } from '../local-time.ts';
import type { Carrier, OpenOptions } from './carrier.ts';
import { transportKindNamed, type ChosenTransport, type TransportKind } from './transport.ts';
import { UpgradePlan } from './upgrade-plan.ts';

/** What became of a wish to change the transport; `reason` is one sentence for the user. */
export interface TransportMove {
  readonly to: TransportKind;
  readonly reason: string;
  readonly hasMoved: boolean;
}

/** The transport of a user's choice, or the one that measurements choose. */
export type TransportChoice = 'auto' | ChosenTransport;

/** What a session is to be carried by: the user's choice, or WebRTC while its rung is in use. */
export type Aim = 'auto' | TransportKind;

/** What is to carry the session at first, and who carries a move out. */
export interface MovesOptions {
  readonly choice: TransportChoice;
  /** Whether pictures and sound come on tracks of WebRTC at first. */
  readonly byTracks: boolean;
  /** Pause before a better transport is tried again, ms; absent = 30 s. */
  readonly upgradePauseMs?: number | undefined;
  /** Whether this browser and this server have a transport. */
  isOffered(kind: TransportKind): boolean;
  /** Opens a connection beside the present one; resolves after its HELLO_ACK. */
  connect(kind: TransportKind, from: Carrier, options: OpenOptions): Promise<Carrier>;
  /** From now on `next` carries the session; the callee closes `previous`. */
  onSwitch(next: Carrier, previous: Carrier): void;
  /** A move that the user should hear of. */
  onMove(move: TransportMove): void;
  /** WebRTC was wanted and brought no picture; one sentence. */
  onTracksFailed(why: string): void;
  /** Whether pictures are better brought on tracks of WebRTC than otherwise; the callee answers by `carry`, if it likes. */
  onTracksAdvised(isOn: boolean): void;
}

/** The bound on a move, from the ticket to a picture, ms: a handshake into a UDP black hole fails after 4 to 5 s. */
const MOVE_TIMEOUT_MS = 6_000;

/** How often silence and upgrades are looked at, ms. */
const TICK_MS = 100;

/**
 * A ping without an answer for so long, µs, opens a WebSocket beside a silent WebTransport. Pings go out every 400 ms, so that the
 * picture is back soon after a second, not after the two that a lost connection takes (a guess: late enough for Wi-Fi's stalls).
 */
const SUSPICIOUS_SILENCE = 700_000;

/** Pause after a rescue that was not needed, ms: a link that stalls often is no reason to open a connection each time. */
const RESCUE_PAUSE_MS = 10_000;

/** Pause until a session that could not leave WebRTC tries again, ms: what was in the way may be gone (a guess). */
const RETURN_PAUSE_MS = 3_000;

/** What the user reads of a move that is a choice, or that a change of the player brings. */
const CHOSEN_BY_USER = 'You chose it.';
const PLAYER_CHANGED = 'The player changed.';

interface Wish {
  readonly to: TransportKind;
  readonly cause: 'user' | 'server' | 'silence' | 'upgrade' | 'player';
  readonly reason: string;
}

/**
 * Moves a live session from one transport to another, make before break: the next connection is opened beside the present one and
 * takes over with its first keyframe. One move at a time; who fails leaves everything as it was.
 */
export class Moves {
  readonly #options: MovesOptions;
  readonly #upgrade: UpgradePlan;
  readonly #timer: ReturnType<typeof setInterval>;
  #choice: TransportChoice;
  #byTracks: boolean;
  #current: Carrier | undefined;
  #running: { readonly abort: AbortController; readonly done: Promise<boolean> } | undefined;
  /** The server measured that the better transport carries less here. */
  #isSentDown = false;
  /** The move that waits for `carry`. */
  #advice: Wish | undefined;
  /** The server chose WebRTC, not the user. */
  #isAdvised = false;
  #noRescueUntil = 0;
  #noReturnUntil = 0;

  constructor(options: MovesOptions) {
    this.#options = options;
    this.#choice = options.choice;
    this.#byTracks = options.byTracks;
    this.#upgrade = new UpgradePlan(options.upgradePauseMs);
    this.#timer = setInterval(() => this.#tick(performance.now()), TICK_MS);
  }

  /** What is wanted now. */
  get aim(): Aim {
    return this.#byTracks ? 'webrtc' : this.#choice;
  }

  /** Whether a user's choice holds the session where it is. */
  get isPinned(): boolean {
    return this.#choice !== 'auto' || (this.#byTracks && !this.#isAdvised);
  }

  /** A move that is under way: resolves with whether it succeeded. */
  get running(): Promise<boolean> | undefined {
    return this.#running?.done;
  }

  /** A session begins, or comes back after a cut. */
  begin(carrier: Carrier): void {
    this.#current = carrier;
    this.#isSentDown = false;
    void this.#follow();
  }

  /** The session has no connection any more. */
  end(): void {
    this.#running?.abort.abort();
    this.#current = undefined;
    // What broke without a word is no advice for the next connection.
    if (this.#isAdvised) this.#options.onTracksAdvised(false);
  }

  /** MOVE of the server. */
  asked({ transport, reason }: MoveUnit): void {
    const to = transportKindNamed(transport);
    if (to === undefined || this.isPinned || !this.#options.isOffered(to)) return;
    const wish: Wish = { to, cause: 'server', reason };
    if ((to === 'webrtc') === this.#byTracks) void this.#move(wish);
    else this.#advise(wish);
  }

  /** The user's choice; resolves with whether it holds. What cannot be had changes nothing. */
  async choose(choice: TransportChoice): Promise<boolean> {
    const before = this.#choice;
    this.#choice = choice;
    this.#isSentDown = false;
    const current = this.#current;
    if (choice === 'auto' || current === undefined) return true;
    // While WebRTC carries the session the choice waits for its end, which comes at once where only the server wanted it.
    if (this.#byTracks) {
      if (this.#isAdvised) this.#advise({ to: choice, cause: 'user', reason: CHOSEN_BY_USER });
      return true;
    }
    await this.#stop();
    if (this.#current?.kind === choice) return true;
    const hasMoved = await this.#move({ to: choice, cause: 'user', reason: CHOSEN_BY_USER });
    if (!hasMoved && this.#choice === choice) this.#choice = before;
    return hasMoved;
  }

  /**
   * Brings pictures and sound on tracks of WebRTC from now on, or by what the user chose. Resolves when a live session is there, or could
   * not get there; one that could not leave WebRTC tries again.
   */
  async carry(byTracks: boolean): Promise<void> {
    if (byTracks === this.#byTracks) return;
    this.#byTracks = byTracks;
    const advice = (this.#advice?.to === 'webrtc') === byTracks ? this.#advice : undefined;
    this.#advice = undefined;
    this.#isAdvised = byTracks && advice !== undefined;
    await this.#stop();
    await this.#follow(advice);
  }

  close(): void {
    clearInterval(this.#timer);
    // A page that closes takes no other way any more.
    this.#isAdvised = false;
    this.end();
  }

  /** Nothing is under way any more. */
  async #stop(): Promise<void> {
    this.#running?.abort.abort();
    await this.#running?.done;
  }

  /** The pictures have to take another way first, which is the page's concern. */
  #advise(wish: Wish): void {
    this.#advice = wish;
    this.#options.onTracksAdvised(wish.to === 'webrtc');
  }

  /** Goes to WebRTC or leaves it, as is wanted. */
  async #follow(advice?: Wish): Promise<void> {
    const current = this.#current;
    if (current === undefined || (current.kind === 'webrtc') === this.#byTracks) return;
    const player: Wish = { to: 'webrtc', cause: 'player', reason: PLAYER_CHANGED };
    if (this.#byTracks) await this.#move(advice ?? player);
    else if (advice === undefined || !(await this.#move(advice))) await this.#return();
  }

  /** Leaves WebRTC for what was chosen; of two that serve for the better one that gets through. */
  async #return(): Promise<void> {
    this.#noReturnUntil = performance.now() + RETURN_PAUSE_MS;
    const better = this.#options.isOffered('webtransport') ? 'webtransport' : 'websocket';
    const to = this.#choice === 'auto' ? better : this.#choice;
    const isThere = await this.#move({ to, cause: 'player', reason: PLAYER_CHANGED });
    if (isThere || this.aim !== 'auto' || to === 'websocket') return;
    await this.#move({ to: 'websocket', cause: 'player', reason: PLAYER_CHANGED });
  }

  #tick(now: number): void {
    const current = this.#current;
    const isFallback =
      current?.kind === 'websocket' &&
      this.aim === 'auto' &&
      !this.#isSentDown &&
      this.#options.isOffered('webtransport');
    if (isFallback) this.#upgrade.begin(now);
    else this.#upgrade.cancel();
    if (this.#running !== undefined) return;
    if (current?.kind === 'webrtc' && !this.#byTracks && now > this.#noReturnUntil)
      void this.#return();
    if (isFallback && this.#upgrade.isDue(now)) {
      const reason = 'The better transport gets through again.';
      void this.#move({ to: 'webtransport', cause: 'upgrade', reason });
    }
    if (now >= this.#noRescueUntil) this.#rescue(now);
  }

  /** Opens a WebSocket beside a connection over UDP that fell silent. */
  #rescue(now: number): void {
    const current = this.#current;
    if (current === undefined || current.kind === 'websocket' || this.isPinned) return;
    if (!isSilent(current)) return;
    this.#noRescueUntil = now + RESCUE_PAUSE_MS;
    const wish = { to: 'websocket', cause: 'silence' } as const;
    if (current.kind === 'webtransport')
      void this.#move({ ...wish, reason: 'WebTransport fell silent.' });
    else if (this.#byTracks) this.#advise({ ...wish, reason: 'WebRTC fell silent.' });
  }

  async #move(wish: Wish): Promise<boolean> {
    const from = this.#current;
    if (from === undefined || this.#running !== undefined || from.kind === wish.to) return false;
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(MOVE_TIMEOUT_MS)]);
    const done = this.#attempt(from, wish, signal);
    this.#running = { abort, done };
    try {
      return await done;
    } finally {
      this.#running = undefined;
    }
  }

  async #attempt(from: Carrier, wish: Wish, signal: AbortSignal): Promise<boolean> {
    const { to, cause, reason } = wish;
    let next: Carrier | undefined;
    try {
      next = await this.#options.connect(to, from, { signal, isAwaited: cause !== 'server' });
      await next.connection.decodable(signal);
      if (cause === 'silence' && !isSilent(from)) throw new Error('WebTransport is back');
      this.#current = next;
      this.#isSentDown = cause === 'server' && to === 'websocket';
      this.#options.onSwitch(next, from);
      this.#options.onMove({ to, reason, hasMoved: true });
      return true;
    } catch (error) {
      next?.connection.close(SessionCode.ok, 'the other connection carries on');
      const why = signal.aborted ? (signal.reason as unknown) : error;
      if (isAbort(why)) return false;
      // What was only tried out is nobody's loss.
      const isNews = cause === 'user' || cause === 'server';
      if (isNews) this.#options.onMove({ to, reason: failureText(why), hasMoved: false });
      if (to === 'webrtc') this.#options.onTracksFailed(failureText(why));
      return false;
    }
  }
}

const isSilent = ({ connection }: Carrier): boolean =>
  connection.unansweredFor(localMicros()) > SUSPICIOUS_SILENCE;

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function failureText(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return 'It brought no picture within 6 s.';
  return `It could not be opened (${error instanceof Error ? error.message : String(error)}).`;
}
