import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LadderFacts } from '../../../client/ladder/facts.ts';
import { Ladder, type LadderEvent } from '../../../client/ladder/ladder.ts';
import { prospectOf } from '../../../client/ladder/obstacle.ts';
import { rungChoices, rungNames } from '../../../client/ladder/rungs.ts';

const codecs = fc.subarray(['avc1.42C02A', 'vp8']);
const state = <Abilities extends object>(there: fc.Arbitrary<Abilities>) =>
  fc.oneof(
    fc.constant({ type: 'unknown' } as const),
    fc.constant({ type: 'missing' } as const),
    there.map((abilities) => ({ type: 'there', ...abilities }) as const),
  );

const facts: fc.Arbitrary<LadderFacts> = fc.record({
  isSecure: fc.boolean(),
  videoDecoder: state(fc.record({ codecs })),
  workletSound: state(fc.constant({})),
  mediaSource: state(fc.record({ video: codecs, opus: fc.boolean() })),
  peerConnection: state(fc.record({ codecs })),
  offersWebRtc: fc.option(fc.boolean(), { nil: undefined }),
});

const event: fc.Arbitrary<LadderEvent> = fc.oneof(
  facts.map((learned) => ({ type: 'learned', facts: learned }) as const),
  fc.constantFrom(...rungChoices).map((choice) => ({ type: 'chosen', choice }) as const),
  fc.constantFrom(...rungNames).map((rung) => ({ type: 'failed', rung, why: 'why' }) as const),
  fc
    .option(fc.constantFrom(...rungNames), { nil: undefined })
    .map((rung) => ({ type: 'favoured', rung }) as const),
  fc.constantFrom<LadderEvent>({ type: 'fed' }, { type: 'firstMedia' }, { type: 'tick' }),
);

const story = fc.array(fc.record({ event, after: fc.nat({ max: 3_000_000 }) }), { maxLength: 40 });

/** Runs a story, looking after every event. */
function tell(
  events: readonly { readonly event: LadderEvent; readonly after: number }[],
  look: (ladder: Ladder, outputs: ReturnType<Ladder['push']>) => void,
): void {
  const ladder = new Ladder('auto');
  let now = 0;
  for (const { event: one, after } of events) {
    now += after;
    look(ladder, ladder.push(one, now));
  }
}

it('begins only what the probes allow', () => {
  fc.assert(
    fc.property(story, (events) =>
      tell(events, (ladder, outputs) => {
        for (const output of outputs) {
          if (output.type === 'use')
            expect(prospectOf(output.rung, ladder.facts).type).toBe('usable');
        }
      }),
    ),
  );
});

it('tells every rung that is not in use and not usable in words', () => {
  fc.assert(
    fc.property(story, (events) =>
      tell(events, (ladder) => {
        for (const {
          rung,
          state: { type, ...rest },
        } of ladder.report()) {
          if (rung === ladder.current) expect(type).toBe('inUse');
          if ('obstacle' in rest) expect(rest.obstacle.reason).toMatch(/\.$|why/);
        }
      }),
    ),
  );
});

it('never leaves the page waiting for a picture without a time at which it goes on', () => {
  fc.assert(
    fc.property(story, (events) => {
      const ladder = new Ladder('auto');
      let now = 0;
      for (const { event: one, after } of events) {
        now += after;
        ladder.push(one, now);
      }
      // Each deadline that passes uses one rung up; then the last one is kept.
      for (let step = 0; step <= rungNames.length; step += 1) {
        ladder.push({ type: 'fed' }, now);
        now = ladder.wakeAt ?? now;
        ladder.push({ type: 'tick' }, now);
      }
      ladder.push({ type: 'fed' }, now);
      expect(ladder.wakeAt).toBeUndefined();
    }),
  );
});
