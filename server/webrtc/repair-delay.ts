import type { Micros } from '../../protocol/time.ts';

/** Losses are looked for in the last so many microseconds: at 2 % of 300 packets a second they are 30. */
const WINDOW_US = 5e6;

/** Fewer losses are an accident, and a smaller share costs less than a delay for everything. A guess: half a per cent is where CUBIC starves. */
const LEAST_LOSSES = 4;
const LEAST_SHARE = 0.005;

/** Losses this old hold the delay up, microseconds: a picture that runs ahead and falls back again is worse than one that stays behind. */
const MEMORY_US = 15e6;

/**
 * What a repetition takes beside the round trip, milliseconds: the next picture shows the hole (17 ms at 60 a second), and the packets
 * of a picture are as far apart as they are sent (10 ms).
 */
const NOTICE_MS = 30;

/** Beyond this pictures come as they come, milliseconds: who works at a desktop bears a stall better than that (a guess). */
const MOST_MS = 130;

/** Extensions count tens of milliseconds. */
const STEP_MS = 10;

/** What was told in so many microseconds is counted together: some peers tell a hundred times a second. */
const SPAN_US = 250e3;

interface Told {
  readonly since: Micros;
  packets: number;
  lost: number;
}

/**
 * How long a browser is to hold pictures back, so that what is lost is there again when its picture is due. Without it each loss stops all
 * pictures for a round trip, and those behind it come at once, of which one is seen: at 2 % and 8 Mbit/s nothing else happens. A pure core.
 */
export class RepairDelay {
  /** The oldest first. */
  readonly #told: Told[] = [];
  #neededAt = -Infinity;

  /** The peer told of packets. */
  told(packets: number, lost: number, now: Micros): void {
    let newest = this.#told.at(-1);
    if (newest === undefined || now - newest.since >= SPAN_US) {
      newest = { since: now, packets: 0, lost: 0 };
      this.#told.push(newest);
      while ((this.#told[0]?.since ?? now) <= now - WINDOW_US) this.#told.shift();
    }
    newest.packets += packets;
    newest.lost += lost;
    if (
      this.#sum('lost') >= LEAST_LOSSES &&
      this.#sum('lost') >= LEAST_SHARE * this.#sum('packets')
    )
      this.#neededAt = now;
  }

  /** Milliseconds. @param roundTripUs undefined: not known yet */
  delayMs(roundTripUs: number | undefined, now: Micros): number {
    if (roundTripUs === undefined || now - this.#neededAt > MEMORY_US) return 0;
    const wanted = Math.ceil((roundTripUs / 1_000 + NOTICE_MS) / STEP_MS) * STEP_MS;
    return wanted > MOST_MS ? 0 : wanted;
  }

  #sum(name: 'packets' | 'lost'): number {
    return this.#told.reduce((total, one) => total + one[name], 0);
  }
}
