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

/**
 * A round trip so many times the shortest one has a queue in it: what is lost then is lost to that queue, and the rate has to go down on
 * any transport. At random losses CUBIC keeps no queue at all (measured at 2 %: 41 ms on a path of 40).
 */
const QUEUED_FACTOR = 1.5;

/** The shortest round trip is that of so many seconds (BBR's window is 10 s, too): a path may become longer while it is used. */
const SHORTEST_SECONDS = 10;

/** A second with fewer packets says nothing about loss: at 2 % of these one is lost. 0.3 Mbit/s, the least rate, are 32. */
const TELLING_PACKETS = 30;

/** A target below this share of what is wanted is a limit that can be seen. */
const SATISFIED_SHARE = 0.8;

/** A link on which less than this share of its target arrives shows no limit: the screen stands still. */
const BUSY_SHARE = 0.5;

/** Samples are judged by the second: ten packets a second are lost at 2 % of 5 Mbit/s. */
const SECOND = millisToMicros(millis(1_000));

/** Of the newest seconds so many have to show losses without a queue: a single burst lies in one of them, or in two beside each other. */
const JUDGED_SECONDS = 3;
const LOSSY_SECONDS = 2;

/** What is compared is the mean of so many limited ones: at 2 % loss a second's rate is off by a factor of two. */
const COMPARED_SECONDS = 20;

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
  #samples: CarriedSample[] = [];
  #secondEndsAt = -Infinity;
  /** Of the newest seconds in which the stack told it, µs. */
  #roundTrips: readonly number[] = [];
  /** The newest seconds, limited or not. */
  #judged: Second[] = [];
  #limited: Second[] = [];

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
    if (transport !== this.#transport) return undefined;
    this.#giveUpAsking(now);
    this.#samples.push(sample);
    if (now < this.#secondEndsAt) return undefined;
    const second = secondOf(this.#samples);
    this.#samples = [sample];
    this.#secondEndsAt = now + SECOND;
    if (second !== undefined) this.#keep(second);
    const wish = this.#wish(now);
    if (wish === undefined) return undefined;
    this.#asked = { transport: wish.transport, at: now };
    this.#movedAt = now;
    this.#carried.set(transport, { bps: this.#carriedBps, at: now });
    return wish;
  }

  /** Keeps the run of limited seconds; one in which little was to be sent proves nothing. */
  #keep(second: Second): void {
    const { deliveredBps, targetBps, wantedBps, rttUs } = second;
    if (rttUs > 0) this.#roundTrips = [...this.#roundTrips, rttUs].slice(-SHORTEST_SECONDS);
    this.#judged = [...this.#judged, second].slice(-JUDGED_SECONDS);
    if (targetBps >= SATISFIED_SHARE * wantedBps) this.#limited = [];
    else if (deliveredBps >= BUSY_SHARE * targetBps || this.#isLossy(second))
      this.#limited = [...this.#limited, second].slice(-COMPARED_SECONDS);
  }

  #wish(now: Micros): TransportWish | undefined {
    const transport = this.#transport;
    if (transport === undefined || this.#limited.length < LOSSY_SECONDS) return undefined;
    const isSettled = now - this.#since >= SETTLING;
    if (isSettled && this.#limited.length >= JUDGED_SECONDS)
      this.#carried.set(transport, { bps: this.#carriedBps, at: now });
    const starves = STARVING.includes(transport) && this.#starves;
    if (starves) this.#lostAt = now;
    if (this.isPinned || this.#asked !== undefined || now - this.#movedAt < MOVE_PAUSE)
      return undefined;
    const away = starves ? this.#away(transport, now) : undefined;
    return away ?? (isSettled ? this.#back(transport, now) : undefined);
  }

  get #carriedBps(): number {
    return mean(this.#limited.map(({ deliveredBps }) => deliveredBps));
  }

  get #starves(): boolean {
    const lossy = this.#judged.filter((second) => this.#isLossy(second));
    return lossy.length >= LOSSY_SECONDS && lossOf(this.#judged) > STARVING_LOSS;
  }

  /** Whether packets were lost to no queue, on a path long enough for it to matter, in a second that was too slow. */
  #isLossy({ lost, sent, rttUs, targetBps, wantedBps }: Second): boolean {
    return (
      targetBps < SATISFIED_SHARE * wantedBps &&
      sent >= TELLING_PACKETS &&
      lost > STARVING_LOSS * sent &&
      rttUs > STARVING_RTT_US &&
      rttUs < QUEUED_FACTOR * Math.min(...this.#roundTrips)
    );
  }

  #away(from: string, now: Micros): TransportWish | undefined {
    const carriedBps = this.#carriedBps;
    const refuge = REFUGES.find(({ transport, worth }) => {
      const known = this.#remembered(transport, now) ?? Infinity;
      const isWorth = known >= WORTH_RETURNING * worth * carriedBps;
      return transport !== from && this.#isOffered(transport, now) && isWorth;
    });
    if (refuge === undefined) return undefined;
    const percent = (100 * lossOf(this.#limited)).toFixed(1);
    const wanted = megabits(this.#limited.at(-1)?.wantedBps ?? 0);
    const figures = `lost ${percent} % of its packets and carried ${megabits(carriedBps)} of ${wanted} Mbit/s`;
    return { transport: refuge.transport, reason: `${nameOf(from)} ${figures}.` };
  }

  /** Back to where it came from, when this one is not worth it. */
  #back(transport: string, now: Micros): TransportWish | undefined {
    const refuge = REFUGES.find((one) => one.transport === transport);
    const before = STARVING.find((one) => one !== transport && this.#isOffered(one, now));
    const known = before === undefined ? undefined : this.#remembered(before, now);
    if (before === undefined || known === undefined || refuge === undefined) return undefined;
    const carriedBps = this.#carriedBps;
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

  #forgetSamples(now: Micros): void {
    this.#samples = [];
    this.#judged = [];
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
  webrtc: 'WebRTC',
};

const nameOf = (transport = ''): string => names[transport] ?? transport;
