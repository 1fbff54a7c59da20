import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros } from '../../../protocol/time.ts';
import { TransportChoice, type TransportWish } from '../../../server/session/transport-choice.ts';

const WANTED_BPS = 8e6;
const TICK_US = 50e3;
const SECOND_US = 1e6;
const SHORT_US = 1e3;
const PACKETS_PER_BIT = 1 / 9_600;

/** A network that gives each transport a rate of its own. */
interface Network {
  readonly webtransportBps: number;
  readonly websocketBps: number;
  /** Undefined: the client cannot move there. */
  readonly webrtcBps?: number | undefined;
  readonly loss: number;
  readonly rttUs: number;
  /** Every sample is off by up to this share, either way. */
  readonly noise: number;
  readonly seed: number;
  /** Whether the client does as it is asked. */
  readonly moves: boolean;
  /** What an overflowing queue adds to the round trip; none where packets are lost at random. Rate control empties it now and then. */
  readonly queueUs?: number;
  /** Until then the path was short. */
  readonly longFromSeconds?: number;
}

interface Move extends TransportWish {
  readonly atSeconds: number;
}

/** What a client of this network is asked to do in some time, beginning on WebTransport. */
function play(network: Network, seconds: number, isPinned = false): readonly Move[] {
  const choice = new TransportChoice();
  choice.isPinned = isPinned;
  if (network.webrtcBps !== undefined) choice.offered = [...choice.offered, 'webrtc'];
  const moves: Move[] = [];
  let transport = 'webtransport';
  let [sent, random] = [0, network.seed];
  choice.carriedBy(transport, micros(0));
  for (let now = 0; now < seconds * SECOND_US; now += TICK_US) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    const factor = 1 + network.noise * (random / 2 ** 31 - 1);
    const rate = carriedBy(network, transport);
    const deliveredBps = Math.min(WANTED_BPS, rate * factor);
    sent += (deliveredBps * PACKETS_PER_BIT * TICK_US) / SECOND_US;
    // One second in five; a second is judged by how it ends.
    const isEmpty = Math.ceil(now / SECOND_US) % 5 === 1;
    const queueUs = isEmpty ? 0 : (network.queueUs ?? 0);
    const isLong = now >= (network.longFromSeconds ?? 0) * SECOND_US;
    const stack =
      transport === 'websocket'
        ? {}
        : {
            sentPackets: sent,
            lostPackets: sent * network.loss,
            rttUs: (isLong ? network.rttUs : SHORT_US) + queueUs,
          };
    const sample = { targetBps: deliveredBps, wantedBps: WANTED_BPS, deliveredBps, ...stack };
    const wish = choice.observe(transport, sample, micros(now));
    if (wish === undefined) continue;
    moves.push({ ...wish, atSeconds: now / SECOND_US });
    if (!network.moves) continue;
    transport = wish.transport;
    choice.carriedBy(transport, micros(now));
  }
  return moves;
}

const carriedBy = (network: Network, transport: string): number => {
  if (transport === 'webrtc') return network.webrtcBps ?? 0;
  return transport === 'websocket' ? network.websocketBps : network.webtransportBps;
};

const rate = fc.integer({ min: 300_000, max: 8_000_000 });
const network = fc.record({
  webtransportBps: rate,
  websocketBps: rate,
  webrtcBps: fc.option(rate, { nil: undefined }),
  loss: fc.double({ min: 0, max: 0.1, noNaN: true }),
  rttUs: fc.integer({ min: 1_000, max: 300_000 }),
  noise: fc.double({ min: 0, max: 0.3, noNaN: true }),
  seed: fc.nat(),
  moves: fc.boolean(),
});

const starving: Network = {
  webtransportBps: 1.7e6,
  websocketBps: 6e6,
  loss: 0.02,
  rttUs: 40_000,
  noise: 0.1,
  seed: 1,
  moves: true,
};

describe('the choice of a transport', () => {
  it('never asks twice within 30 s', () => {
    fc.assert(
      fc.property(network, (given) => {
        const moves = play(given, 300);
        moves.forEach(({ atSeconds }, i) => {
          const before = moves[i - 1];
          if (before !== undefined) expect(atSeconds - before.atSeconds).toBeGreaterThanOrEqual(30);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('tries each of the others once and comes to rest, on every network that stays as it is', () => {
    fc.assert(
      fc.property(network, (given) => {
        const others = given.webrtcBps === undefined ? 1 : 2;
        expect(play(given, 590).length).toBeLessThanOrEqual(2 * others);
      }),
      { numRuns: 60 },
    );
  });

  it('ends on the transport that carries clearly more', () => {
    const clear = network.map((given) => ({
      ...given,
      loss: Math.max(0.01, given.loss),
      rttUs: Math.max(25_000, given.rttUs),
      webtransportBps: Math.min(given.webtransportBps, 4e6),
      moves: true,
    }));
    fc.assert(
      fc.property(clear, (given) => {
        const last = play(given, 240).at(-1)?.transport;
        const { websocketBps, webrtcBps = 0, webtransportBps } = given;
        if (webrtcBps > 1.6 * webtransportBps) expect(last).toBe('webrtc');
        else if (webrtcBps < 0.6 * webtransportBps && websocketBps > 2.2 * webtransportBps)
          expect(last).toBe('websocket');
        if (Math.max(websocketBps, webrtcBps) < 0.6 * webtransportBps)
          expect(last).toBe('webtransport');
      }),
      { numRuns: 60 },
    );
  });

  it('moves nobody whose user has chosen', () => {
    fc.assert(
      fc.property(network, (given) => {
        expect(play(given, 120, true)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('says what it measured', () => {
    const [move, ...more] = play(starving, 60);
    expect(move).toMatchObject({
      transport: 'websocket',
      reason: 'WebTransport lost 2.0 % of its packets and carried 1.7 of 8.0 Mbit/s.',
    });
    expect(move?.atSeconds).toBeLessThan(6);
    expect(more).toEqual([]);
  });

  it('judges a path that became longer while it was used', () => {
    const [move] = play({ ...starving, longFromSeconds: 20 }, 60);
    expect(move?.transport).toBe('websocket');
    expect(move?.atSeconds).toBeLessThan(35);
  });

  it('prefers WebRTC where it is offered, whose rate follows the delay alone', () => {
    const moves = play({ ...starving, webrtcBps: 7e6 }, 60);
    expect(moves.map(({ transport }) => transport)).toEqual(['webrtc']);
    expect(moves[0]?.atSeconds).toBeLessThan(4);
  });

  it('tries WebSocket when WebRTC carried less still', () => {
    const moves = play({ ...starving, webrtcBps: 0.5e6 }, 120);
    expect(moves.map(({ transport }) => transport)).toEqual([
      'webrtc',
      'webtransport',
      'websocket',
    ]);
  });

  it('comes back from one that carried no more, 30 s later, and says so', () => {
    const moves = play({ ...starving, websocketBps: 1.8e6 }, 120);
    expect(moves.map(({ transport }) => transport)).toEqual(['websocket', 'webtransport']);
    expect(moves[1]?.reason).toBe(
      'WebSocket carried 1.8 Mbit/s, WebTransport before it 1.7 with less delay.',
    );
  });

  it.each([
    ['a narrow link without loss', { loss: 0 }],
    ['a link that loses what its full queue does not hold', { queueUs: 100_000 }],
    ['a short path', { rttUs: 5_000 }],
    ['a link that carries what is wanted', { webtransportBps: 8e6 }],
  ])('leaves %s alone', (_name, change) => {
    expect(play({ ...starving, ...change }, 120)).toEqual([]);
  });

  describe('of one that begins on WebSocket', () => {
    /** Three seconds at a sixteenth of what is wanted, with 2 % of the packets lost. */
    const lose = (choice: TransportChoice): readonly (string | undefined)[] => {
      choice.carriedBy('websocket', micros(0));
      return Array.from({ length: 61 }, (_, tick) => {
        const rates = { targetBps: 0.5e6, wantedBps: WANTED_BPS, deliveredBps: 0.5e6 };
        // The kernel is asked once a second.
        const asked = Math.floor(tick / 20);
        const told = { sentPackets: 45 * asked, lostPackets: asked, rttUs: 40_000 };
        return choice.observe('websocket', { ...rates, ...told }, micros(tick * TICK_US))
          ?.transport;
      });
    };

    it('goes to WebRTC where that is offered', () => {
      const choice = new TransportChoice();
      choice.offered = ['websocket', 'webrtc'];
      expect(lose(choice).filter((to) => to !== undefined)).toEqual(['webrtc']);
    });

    it('stays, and remembers for a while that the path loses packets', () => {
      const choice = new TransportChoice();
      expect(choice.hasLosses(micros(0))).toBe(false);
      expect(lose(choice).every((to) => to === undefined)).toBe(true);
      expect(choice.hasLosses(micros(4e6))).toBe(true);
      expect(choice.hasLosses(micros(700e6))).toBe(false);
    });

    it('stays where its user wants it, and the losses are known all the same', () => {
      const choice = new TransportChoice();
      choice.offered = ['websocket', 'webrtc'];
      choice.isPinned = true;
      expect(lose(choice).every((to) => to === undefined)).toBe(true);
      expect(choice.hasLosses(micros(4e6))).toBe(true);
    });
  });

  it('does not ask again soon for what a client cannot do', () => {
    const moves = play({ ...starving, moves: false }, 300);
    expect(moves.map(({ atSeconds }) => Math.round(atSeconds))).toEqual([2]);
  });
});
