import fc from 'fast-check';
import { browserOffer } from './browser-offer.ts';

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

/** Offers of a browser, changed in one to six places. */
export const mutatedOffers: fc.Arbitrary<string> = fc
  .array(mutation, { minLength: 1, maxLength: 6 })
  .map((mutations) => mutations.reduce(mutate, browserOffer()));
