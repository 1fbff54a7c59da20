import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeAnswer, type LocalTransport } from '../../../server/signaling/answer.ts';
import { readOffer } from '../../../server/signaling/offer.ts';
import { planPeer } from '../../../server/signaling/peer-plan.ts';
import { parseSdp } from '../../../server/signaling/sdp.ts';
import { SignalingFault } from '../../../server/signaling/signaling-fault.ts';
import { mutatedOffers } from '../../support/mutated-offers.ts';

const runs = { numRuns: 5_000 };

const local: LocalTransport = {
  ufrag: 'mBDt',
  pwd: 'qaNdzULQE/gQ8iiTcgPOTY',
  fingerprint: 'sha-256 80:0B',
  candidates: [{ protocol: 'udp', address: '192.0.2.9', port: 8444 }],
  maxMessageBytes: 65_536,
};

/** The answer to an offer, undefined when it is refused; anything else that is thrown fails the test. */
function answer(sdp: string): string | undefined {
  try {
    const offer = readOffer(sdp);
    return writeAnswer(
      offer,
      planPeer(offer, { running: 'avc1.42C028', randomSource: () => 7 }),
      local,
    );
  } catch (error) {
    if (error instanceof SignalingFault) return undefined;
    throw error;
  }
}

describe('a hostile offer', () => {
  it('is answered in as many sections as it has, or refused', () => {
    let answered = 0;
    fc.assert(
      fc.property(mutatedOffers, (sdp) => {
        const text = answer(sdp);
        if (text === undefined) return;
        answered += 1;
        const { sections, attributes } = parseSdp(text);
        expect(sections).toHaveLength(parseSdp(sdp).sections.length);
        const bundle = attributes.first('group')?.split(' ').slice(1) ?? [];
        const taken = sections.filter(({ port }) => port !== 0);
        expect(taken.map((section) => section.attributes.first('mid'))).toEqual(bundle);
      }),
      runs,
    );
    // Mutations that all refuse would show nothing.
    expect(answered).toBeGreaterThan(100);
  });

  it('of any text is refused', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), (text) => {
        expect(answer(text)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });
});
