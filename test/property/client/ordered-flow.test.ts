import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OrderedFlow, type OrderedOutput } from '../../../client/receive/ordered-flow.ts';
import { received } from '../../unit/client/messages.ts';

/** A stream of 40 messages with a keyframe first and others here and there. */
const keys = fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { maxLength: 4 });

/** Arrival: each message's place is its number plus a bounded disturbance, some come twice, some never. */
const arrival = fc.array(
  fc.record({ shift: fc.integer({ min: 0, max: 6 }), copies: fc.integer({ min: 0, max: 2 }) }),
  { minLength: 40, maxLength: 40 },
);

const delivered = (outputs: readonly OrderedOutput[]): number[] =>
  outputs.flatMap((one) =>
    one.type === 'deliver' ? [Number(one.received.message.header.seq)] : [],
  );

it('delivers only what is decodable, once and in rising order, whatever arrives and when', () => {
  fc.assert(
    fc.property(keys, arrival, (keyNumbers, plan) => {
      const isKey = (seq: number): boolean => seq === 0 || keyNumbers.includes(seq);
      const order = plan
        .flatMap(({ shift, copies }, seq) =>
          Array.from({ length: copies }, () => ({ seq, at: seq + shift })),
        )
        .sort((a, b) => a.at - b.at);
      const flow = new OrderedFlow({ inOrder: false });
      const seen = order.flatMap(({ seq, at }) =>
        delivered(flow.push(received(seq, { key: isKey(seq) }), at * 16_667, 20_000)),
      );
      seen.forEach((seq, at) => {
        expect(isKey(seq) || seen[at - 1] === seq - 1).toBe(true);
        if (at > 0) expect(seq).toBeGreaterThan(seen[at - 1] ?? Number.NaN);
      });
    }),
  );
});

it('delivers everything when nothing is lost and nothing is overtaken by a keyframe', () => {
  fc.assert(
    fc.property(arrival, (plan) => {
      const order = plan
        .map(({ shift }, seq) => ({ seq, at: seq + shift / 2 }))
        .sort((a, b) => a.at - b.at);
      // The keyframe first: what comes before it is discarded by design.
      const flow = new OrderedFlow({ inOrder: false });
      const seen = delivered(flow.push(received(0, { key: true }), 0, 20_000));
      for (const { seq, at } of order) {
        if (seq > 0) seen.push(...delivered(flow.push(received(seq), at * 16_667, 20_000)));
      }
      expect(seen).toEqual(plan.map((_, seq) => seq));
    }),
  );
});

it('shows motion again after any loss once a keyframe comes', () => {
  fc.assert(
    fc.property(arrival, fc.boolean(), (plan, inOrder) => {
      const flow = new OrderedFlow({ inOrder });
      plan.forEach(({ copies }, seq) => {
        if (copies > 0) flow.push(received(seq, { key: seq === 0 }), seq * 16_667, 20_000);
      });
      expect(delivered(flow.push(received(40, { key: true }), 700_000, 20_000))).toEqual([40]);
      expect(delivered(flow.push(received(41), 716_667, 20_000))).toEqual([41]);
    }),
  );
});
