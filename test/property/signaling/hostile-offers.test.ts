import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeAnswer, type LocalTransport } from '../../../server/signaling/answer.ts';
import { readOffer } from '../../../server/signaling/offer.ts';
import { planPeer } from '../../../server/signaling/peer-plan.ts';
import { parseSdp } from '../../../server/signaling/sdp.ts';
import { SignalingFault } from '../../../server/signaling/signaling-fault.ts';
import { browserOffer } from '../../support/browser-offer.ts';

const runs = { numRuns: 5_000 };

const lines = browserOffer().split('\r\n');

interface Mutation {
  readonly at: number;
  readonly kind: 'text' | 'insert' | 'remove' | 'repeat' | 'swap' | 'cut';
  readonly text: string;
}

const piece = fc.oneof(
  fc.constantFrom(...lines),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '99999999999999999999',
    ' ',
    '\r',
    '\u0000',
    '\u{1F600}',
    'a=',
    'm=',
  ),
  fc.string({ maxLength: 40 }),
);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(browserOffer().length),
  kind: fc.constantFrom('text', 'insert', 'remove', 'repeat', 'swap', 'cut'),
  text: piece,
});

/** Changes an offer at a character, or at the line with that number. */
function mutate(sdp: string, { at, kind, text }: Mutation): string {
  const split = sdp.split('\r\n');
  const line = at % split.length;
  switch (kind) {
    case 'text':
      return sdp.slice(0, at) + text + sdp.slice(at + text.length);
    case 'cut':
      return sdp.slice(0, at);
    case 'insert':
      return split.toSpliced(line, 0, text).join('\r\n');
    case 'remove':
      return split.toSpliced(line, 1).join('\r\n');
    case 'repeat':
      return split.toSpliced(line, 0, ...split.slice(line, line + 30)).join('\r\n');
    case 'swap':
      return split.with(line, split[(line * 7) % split.length] ?? '').join('\r\n');
  }
}

const mutated = fc
  .array(mutation, { minLength: 1, maxLength: 6 })
  .map((mutations) => mutations.reduce(mutate, browserOffer()));

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
      fc.property(mutated, (sdp) => {
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
