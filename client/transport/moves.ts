import { SessionCode } from '../../protocol/errors.ts';
import type { MoveUnit } from '../../protocol/control/move.ts';
import { localMicros } from '../local-time.ts';
import type { Connection } from './connection.ts';
import { transportNamed, type TransportKind } from './transport.ts';
import { UpgradePlan } from './upgrade-plan.ts';

/** What became of a wish to change the transport; `reason` is one sentence for the user. */
export interface TransportMove {
  readonly to: TransportKind;
  readonly reason: string;
  readonly hasMoved: boolean;
}

/** The transport of a user's choice, or the one that measurements choose. */
export type TransportChoice = 'auto' | TransportKind;

/** A connection that carries the session. */
export interface Carrier {
  readonly connection: Connection;
  readonly kind: TransportKind;
  /** `session` of its HELLO_ACK. */
  readonly session: string;
}

export interface MovesOptions {
  readonly choice: TransportChoice;
  /** Pause before a better transport is tried again, ms; absent = 30 s. */
  readonly upgradePauseMs?: number | undefined;
  /** Whether this browser and this server have a transport. */
  isOffered(kind: TransportKind): boolean;
  /** Opens a connection beside the present one; resolves after its HELLO_ACK. */
  connect(kind: TransportKind, from: Carrier, signal: AbortSignal): Promise<Carrier>;
  /** From now on `next` carries the session; the callee closes `previous`. */
  onSwitch(next: Carrier, previous: Carrier): void;
  /** A move that the user should hear of. */
  onMove(move: TransportMove): void;
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

interface Wish {
  readonly to: TransportKind;
  readonly cause: 'user' | 'server' | 'silence' | 'upgrade';
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
  #current: Carrier | undefined;
  #running: { readonly abort: AbortController; readonly done: Promise<boolean> } | undefined;
  /** The server measured that the better transport carries less here. */
  #isSentDown = false;
  #noRescueUntil = 0;

  constructor(options: MovesOptions) {
    this.#options = options;
    this.#choice = options.choice;
    this.#upgrade = new UpgradePlan(options.upgradePauseMs);
    this.#timer = setInterval(() => this.#tick(performance.now()), TICK_MS);
  }

  /** What the user wants. */
  get choice(): TransportChoice {
    return this.#choice;
  }

  /** A move that is under way: resolves with whether it succeeded. */
  get running(): Promise<boolean> | undefined {
    return this.#running?.done;
  }

  /** A session begins, or comes back after a cut. */
  begin(carrier: Carrier): void {
    this.#current = carrier;
    this.#isSentDown = false;
  }

  /** The session has no connection any more. */
  end(): void {
    this.#running?.abort.abort();
    this.#current = undefined;
  }

  /** MOVE of the server. */
  asked({ transport, reason }: MoveUnit): void {
    const to = transportNamed(transport);
    if (to === undefined || this.#choice !== 'auto' || !this.#options.isOffered(to)) return;
    void this.#move({ to, cause: 'server', reason });
  }

  /** The user's choice; resolves with whether it holds. What cannot be had changes nothing. */
  async choose(choice: TransportChoice): Promise<boolean> {
    const before = this.#choice;
    this.#choice = choice;
    this.#isSentDown = false;
    const current = this.#current;
    if (choice === 'auto' || current === undefined) return true;
    this.#running?.abort.abort();
    await this.#running?.done;
    if (this.#current?.kind === choice) return true;
    const hasMoved = await this.#move({ to: choice, cause: 'user', reason: 'You chose it.' });
    if (!hasMoved && this.#choice === choice) this.#choice = before;
    return hasMoved;
  }

  close(): void {
    clearInterval(this.#timer);
    this.end();
  }

  #tick(now: number): void {
    const current = this.#current;
    const isFallback =
      current?.kind === 'websocket' &&
      this.#choice === 'auto' &&
      !this.#isSentDown &&
      this.#options.isOffered('webtransport');
    if (isFallback) this.#upgrade.begin(now);
    else this.#upgrade.cancel();
    if (this.#running !== undefined) return;
    if (isFallback && this.#upgrade.isDue(now)) {
      const reason = 'The better transport gets through again.';
      void this.#move({ to: 'webtransport', cause: 'upgrade', reason });
    }
    if (current?.kind !== 'webtransport' || this.#choice !== 'auto' || now < this.#noRescueUntil)
      return;
    if (!isSilent(current)) return;
    this.#noRescueUntil = now + RESCUE_PAUSE_MS;
    void this.#move({ to: 'websocket', cause: 'silence', reason: 'WebTransport fell silent.' });
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
      next = await this.#options.connect(to, from, signal);
      await next.connection.decodable(signal);
      if (cause === 'silence' && !isSilent(from)) throw new Error('WebTransport is back');
      this.#current = next;
      this.#isSentDown = cause === 'server' && to === 'websocket';
      this.#options.onSwitch(next, from);
      this.#options.onMove({ to, reason, hasMoved: true });
      return true;
    } catch (error) {
      next?.connection.close(SessionCode.ok, 'the other connection carries on');
      // What was only tried out is nobody's loss.
      const isNews = cause === 'user' || cause === 'server';
      if (isNews && !(error instanceof Error && error.name === 'AbortError'))
        this.#options.onMove({ to, reason: failureText(error), hasMoved: false });
      return false;
    }
  }
}

const isSilent = ({ connection }: Carrier): boolean =>
  connection.unansweredFor(localMicros()) > SUSPICIOUS_SILENCE;

function failureText(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return 'It brought no picture within 6 s.';
  return `It could not be opened (${error instanceof Error ? error.message : String(error)}).`;
}
