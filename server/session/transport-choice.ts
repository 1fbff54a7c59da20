import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';

/** What a link carries at one moment; rates in bits per second. */
export interface CarriedSample {
  /** What rate control lets the encoder make, and what it would make on a link without limits. */
  readonly targetBps: number;
  readonly wantedBps: number;
  /** What arrived lately. */
  readonly deliveredBps: number;
  /** Counters and round trip of the transport's own stack, where it tells them. */
  readonly lostPackets?: number;
  readonly sentPackets?: number;
  readonly rttUs?: number;
}

/** A transport to move to, and why, in one sentence for the user. */
export interface TransportWish {
  readonly transport: string;
  readonly reason: string;
}

/** Loss and round trip above which CUBIC starves: 1.7 Mbit/s at 2 % and 40 ms (measured); below, other limits come first. */
const STARVING_LOSS = 0.005;
const STARVING_RTT_US = 20_000;

/** A target below this share of what is wanted is a limit that can be seen. */
const SATISFIED_SHARE = 0.8;

/** A link on which less than this share of its target arrives is not tried: the screen stands still. */
const BUSY_SHARE = 0.5;

/** Samples are judged by the second: ten packets a second are lost at 2 % of 5 Mbit/s. */
const SECOND = millisToMicros(millis(1_000));

/** Limited seconds in a row until a transport is judged: longer than a step down of a link takes to settle (1.5 s). */
const JUDGED_SECONDS = 4;

/** What is compared is the mean of so many of them: at 2 % loss a second's rate is off by a factor of two. */
const COMPARED_SECONDS = 20;

/** A new connection finds its rate in this time: rate control doubles it every 1.2 s. */
const SETTLING = millisToMicros(millis(8_000));

/** From one move to the next at least: each costs a keyframe, and a user notices it. */
const MOVE_PAUSE = millisToMicros(millis(30_000));

/**
 * A connection that can lose a packet without stopping what is behind it has less delay at the same rate (p95 of 78 against 109 ms at
 * 2 % loss), so the other one has to carry more by this factor to be kept, and by the second one to be chosen again.
 */
const WORTH_STAYING = 1.25;
const WORTH_RETURNING = 1.5;

/** What was carried is believed for so long; then networks have changed (a guess). */
const MEMORY = millisToMicros(millis(600_000));

/** A client that was asked to move and did not within 10 s cannot, and is not asked for that transport again for 5 minutes. */
const MOVE_TIMEOUT = millisToMicros(millis(10_000));
const REFUSAL = millisToMicros(millis(300_000));

/** Where to go from a transport that starves, since it is always there: TCP has other congestion control and wider buffers. */
const FALLBACK = 'websocket';

/** One second of samples; rates are means. */
interface Second {
  readonly deliveredBps: number;
  readonly targetBps: number;
  readonly wantedBps: number;
  readonly lost: number;
  readonly sent: number;
  readonly rttUs: number;
}

/**
 * Chooses the transport of a session by what each carried: leaves one whose congestion control starves for one that may carry more,
 * and comes back when it did not. A pure core, one per client, shared by its connections; times on the session clock.
 */
export class TransportChoice {
  /** The user has chosen: nothing moves. */
  isPinned = false;
  readonly #carried = new Map<string, { readonly bps: number; readonly at: Micros }>();
  readonly #refusedUntil = new Map<string, number>();
  #transport: string | undefined;
  #since = -Infinity;
  #movedAt = -Infinity;
  #asked: { readonly transport: string; readonly at: Micros } | undefined;
  #samples: CarriedSample[] = [];
  #secondEndsAt = -Infinity;
  #limited: Second[] = [];

  /** Whether a connection over this transport is to show what it carries, of which nothing is known yet. */
  isTry(transport: string): boolean {
    return this.#asked?.transport === transport && !this.#carried.has(transport);
  }

  /** A connection over this transport carries the session from now on, by whoever's doing. */
  carriedBy(transport: string, now: Micros): void {
    this.#asked = undefined;
    if (transport === this.#transport) return;
    if (this.#transport !== undefined) this.#movedAt = now;
    this.#transport = transport;
    this.#since = now;
    this.#forgetSamples(now);
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
    if (this.isPinned || transport !== this.#transport) return undefined;
    this.#giveUpAsking(now);
    this.#samples.push(sample);
    if (now < this.#secondEndsAt) return undefined;
    this.#judge(secondOf(this.#samples));
    this.#samples = [sample];
    this.#secondEndsAt = now + SECOND;
    if (this.#limited.length < JUDGED_SECONDS) return undefined;
    const carriedBps = mean(this.#limited.map(({ deliveredBps }) => deliveredBps));
    if (now - this.#since >= SETTLING) this.#carried.set(transport, { bps: carriedBps, at: now });
    if (this.#asked !== undefined || now - this.#movedAt < MOVE_PAUSE) return undefined;
    const wish = this.#starves ? this.#away(carriedBps, now) : this.#back(carriedBps, now);
    if (wish !== undefined) {
      this.#asked = { transport: wish.transport, at: now };
      this.#carried.set(transport, { bps: carriedBps, at: now });
    }
    return wish;
  }

  /** Keeps the run of limited seconds; one in which little was to be sent proves nothing. */
  #judge(second: Second | undefined): void {
    if (second === undefined) return;
    const { deliveredBps, targetBps, wantedBps } = second;
    if (targetBps >= SATISFIED_SHARE * wantedBps) this.#limited = [];
    else if (deliveredBps >= BUSY_SHARE * targetBps)
      this.#limited = [...this.#limited, second].slice(-COMPARED_SECONDS);
  }

  /** Loss in both halves of the time, so that one overflow of a queue is none, on a path long enough for it to matter. */
  get #starves(): boolean {
    const judged = this.#limited.slice(-JUDGED_SECONDS);
    const halves = [judged.slice(0, JUDGED_SECONDS / 2), judged.slice(JUDGED_SECONDS / 2)];
    return (
      this.#transport !== FALLBACK &&
      halves.every((half) => lossOf(half) > STARVING_LOSS) &&
      judged.every(({ rttUs }) => rttUs > STARVING_RTT_US)
    );
  }

  #away(carriedBps: number, now: Micros): TransportWish | undefined {
    const known = this.#remembered(FALLBACK, now);
    if (known !== undefined && known < WORTH_RETURNING * carriedBps) return undefined;
    if (this.#isRefused(FALLBACK, now)) return undefined;
    const percent = (100 * lossOf(this.#limited)).toFixed(1);
    const wanted = megabits(this.#limited.at(-1)?.wantedBps ?? 0);
    const figures = `lost ${percent} % of its packets and carried ${megabits(carriedBps)} of ${wanted} Mbit/s`;
    return {
      transport: FALLBACK,
      reason: `${nameOf(this.#transport)} ${figures}.`,
    };
  }

  #back(carriedBps: number, now: Micros): TransportWish | undefined {
    if (this.#transport !== FALLBACK || now - this.#since < SETTLING) return undefined;
    for (const transport of this.#carried.keys()) {
      const known = this.#remembered(transport, now);
      if (transport === FALLBACK || known === undefined) continue;
      if (carriedBps >= WORTH_STAYING * known || this.#isRefused(transport, now)) continue;
      const figures = `carried ${megabits(carriedBps)} Mbit/s, ${nameOf(transport)} before it ${megabits(known)}`;
      return { transport, reason: `${nameOf(FALLBACK)} ${figures} with less delay.` };
    }
    return undefined;
  }

  #remembered(transport: string, now: Micros): number | undefined {
    const carried = this.#carried.get(transport);
    return carried !== undefined && now - carried.at < MEMORY ? carried.bps : undefined;
  }

  #isRefused(transport: string, now: Micros): boolean {
    return now < (this.#refusedUntil.get(transport) ?? -Infinity);
  }

  #giveUpAsking(now: Micros): void {
    const asked = this.#asked;
    if (asked === undefined || now - asked.at < MOVE_TIMEOUT) return;
    this.#asked = undefined;
    this.#refusedUntil.set(asked.transport, now + REFUSAL);
  }

  #forgetSamples(now: Micros): void {
    this.#samples = [];
    this.#limited = [];
    this.#secondEndsAt = now + SECOND;
  }
}

/** The samples of a second, and the last one of the second before it, as one. */
function secondOf(samples: readonly CarriedSample[]): Second | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    deliveredBps: mean(samples.map(({ deliveredBps }) => deliveredBps)),
    targetBps: mean(samples.map(({ targetBps }) => targetBps)),
    wantedBps: last.wantedBps,
    lost: (last.lostPackets ?? 0) - (first.lostPackets ?? 0),
    sent: (last.sentPackets ?? 0) - (first.sentPackets ?? 0),
    rttUs: last.rttUs ?? 0,
  };
}

function lossOf(seconds: readonly Second[]): number {
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  const sent = sum(seconds.map((second) => second.sent));
  return sent === 0 ? 0 : sum(seconds.map((second) => second.lost)) / sent;
}

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

const megabits = (bps: number): string => (bps / 1e6).toFixed(1);

const names: Readonly<Record<string, string>> = {
  webtransport: 'WebTransport',
  websocket: 'WebSocket',
};

const nameOf = (transport = ''): string => names[transport] ?? transport;
