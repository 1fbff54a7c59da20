import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import {
  CarriedSeconds,
  JUDGED_SECONDS,
  LOSSY_SECONDS,
  type CarriedSample,
} from './carried-seconds.ts';

/** A transport to move to, and why, in one sentence for the user. */
export interface TransportWish {
  readonly transport: string;
  readonly reason: string;
}

/** A new connection finds its rate in this time: rate control doubles it every 1.2 s. */
const SETTLING = millisToMicros(millis(8_000));

/** From one move to the next at least: each costs a keyframe, and a user notices it. */
const MOVE_PAUSE = millisToMicros(millis(30_000));

/** What was carried is believed for so long; then networks have changed (a guess). */
const MEMORY = millisToMicros(millis(600_000));

/** A client that was asked to move and did not within 10 s cannot, and is not asked for that transport again for 5 minutes. */
const MOVE_TIMEOUT = millisToMicros(millis(10_000));
const REFUSAL = millisToMicros(millis(300_000));

/** Those whose congestion control starves of losses, the better one first. TCP may be cured of it where it is (expectLosses). */
const STARVING = ['webtransport', 'websocket'];

/**
 * Where to go from there, the best first: WebRTC's rate follows the delay, and losses cost it nothing but what is sent again; TCP has
 * the congestion control of the operator's kernel, and wider buffers.
 *
 * `worth`: how many times as much it has to carry to be kept. A connection that can lose a packet without stopping what is behind it has
 * less delay at the same rate (p95 of 78 against 109 ms at 2 % loss), so that TCP has to carry more.
 */
const REFUGES: readonly { readonly transport: string; readonly worth: number }[] = [
  { transport: 'webrtc', worth: 1 },
  { transport: 'websocket', worth: 1.25 },
];

/** What is left is chosen again for so many times as much as it had to carry to be kept. */
const WORTH_RETURNING = 1.2;

/**
 * Chooses the transport of a session by what each carried: leaves one whose congestion control starves for one that may carry more,
 * and comes back when it did not. A pure core, one per client, shared by its connections; times on the session clock.
 */
export class TransportChoice {
  /** The user has chosen: nothing moves. */
  isPinned = false;
  /** Transports that the client can move to. */
  offered: readonly string[] = ['webtransport', 'websocket'];
  /** When packets were last seen to be lost to no queue. */
  #lostAt = -Infinity;
  readonly #carried = new Map<string, { readonly bps: number; readonly at: Micros }>();
  readonly #refusedUntil = new Map<string, number>();
  #transport: string | undefined;
  #since = -Infinity;
  /** When it last moved, or was asked to. */
  #movedAt = -Infinity;
  #asked: { readonly transport: string; readonly at: Micros } | undefined;
  readonly #seconds = new CarriedSeconds();

  /** Whether a connection over this transport is to show what it carries, of which nothing is known yet. */
  isTry(transport: string): boolean {
    return this.#asked?.transport === transport && !this.#carried.has(transport);
  }

  /** Whether the path was seen to lose packets by chance. */
  hasLosses(now: Micros): boolean {
    return now - this.#lostAt < MEMORY;
  }

  /** A connection over this transport carries the session from now on, by whoever's doing. */
  carriedBy(transport: string, now: Micros): void {
    this.#asked = undefined;
    if (transport === this.#transport) return;
    if (this.#transport !== undefined) this.#movedAt = now;
    this.#transport = transport;
    this.#since = now;
    this.#seconds.restart(now);
  }

  /** The client went on over `transport` after all: what it tried instead brought no picture. */
  stayedOn(transport: string, now: Micros): void {
    const tried = this.#transport;
    if (tried !== undefined) this.#refusedUntil.set(tried, now + REFUSAL);
    this.carriedBy(transport, now);
  }

  /** Takes a sample of the connection over `transport`, about every 50 ms. Returns where to move, at most once per 30 s. */
  observe(transport: string, sample: CarriedSample, now: Micros): TransportWish | undefined {
    // The older connection of a move goes on being measured for a while.
    if (transport !== this.#transport) return undefined;
    this.#giveUpAsking(now);
    const wish = this.#seconds.take(sample, now) ? this.#wish(now) : undefined;
    if (wish === undefined) return undefined;
    this.#asked = { transport: wish.transport, at: now };
    this.#movedAt = now;
    this.#carried.set(transport, { bps: this.#seconds.limitedBps, at: now });
    return wish;
  }

  #wish(now: Micros): TransportWish | undefined {
    const transport = this.#transport;
    if (transport === undefined || this.#seconds.limited < LOSSY_SECONDS) return undefined;
    const isSettled = now - this.#since >= SETTLING;
    if (isSettled && this.#seconds.limited >= JUDGED_SECONDS)
      this.#carried.set(transport, { bps: this.#seconds.limitedBps, at: now });
    const starves = STARVING.includes(transport) && this.#seconds.areLossy;
    if (starves) this.#lostAt = now;
    if (this.isPinned || this.#asked !== undefined || now - this.#movedAt < MOVE_PAUSE)
      return undefined;
    const away = starves ? this.#away(transport, now) : undefined;
    return away ?? (isSettled ? this.#back(transport, now) : undefined);
  }

  #away(from: string, now: Micros): TransportWish | undefined {
    const carriedBps = this.#seconds.limitedBps;
    const refuge = REFUGES.find(({ transport, worth }) => {
      const known = this.#remembered(transport, now) ?? Infinity;
      const isWorth = known >= WORTH_RETURNING * worth * carriedBps;
      return transport !== from && this.#isOffered(transport, now) && isWorth;
    });
    if (refuge === undefined) return undefined;
    const { loss, wantedBps } = this.#seconds.shortfall;
    const lost = `lost ${(100 * loss).toFixed(1)} % of its packets`;
    const figures = `${lost} and carried ${megabits(carriedBps)} of ${megabits(wantedBps)} Mbit/s`;
    return { transport: refuge.transport, reason: `${nameOf(from)} ${figures}.` };
  }

  /** Back to where it came from, when this one is not worth it. */
  #back(transport: string, now: Micros): TransportWish | undefined {
    const refuge = REFUGES.find((one) => one.transport === transport);
    const before = STARVING.find((one) => one !== transport && this.#isOffered(one, now));
    const known = before === undefined ? undefined : this.#remembered(before, now);
    if (before === undefined || known === undefined || refuge === undefined) return undefined;
    const carriedBps = this.#seconds.limitedBps;
    if (carriedBps >= refuge.worth * known) return undefined;
    const figures = `carried ${megabits(carriedBps)} Mbit/s, ${nameOf(before)} before it ${megabits(known)}`;
    return { transport: before, reason: `${nameOf(transport)} ${figures} with less delay.` };
  }

  #remembered(transport: string, now: Micros): number | undefined {
    const carried = this.#carried.get(transport);
    return carried !== undefined && now - carried.at < MEMORY ? carried.bps : undefined;
  }

  /** Whether the client can move there, and did when it was asked lately. */
  #isOffered(transport: string, now: Micros): boolean {
    const isRefused = now < (this.#refusedUntil.get(transport) ?? -Infinity);
    return !isRefused && this.offered.includes(transport);
  }

  #giveUpAsking(now: Micros): void {
    const asked = this.#asked;
    if (asked === undefined || now - asked.at < MOVE_TIMEOUT) return;
    this.#asked = undefined;
    this.#refusedUntil.set(asked.transport, now + REFUSAL);
  }
}

const megabits = (bps: number): string => (bps / 1e6).toFixed(1);

const names: Readonly<Record<string, string>> = {
  webtransport: 'WebTransport',
  websocket: 'WebSocket',
  webrtc: 'WebRTC',
};

const nameOf = (transport = ''): string => names[transport] ?? transport;
