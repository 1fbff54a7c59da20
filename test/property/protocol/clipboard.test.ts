import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClipboardInbox, type ClipboardMessage } from '../../../protocol/clipboard-inbox.ts';
import { ClipboardOutbox } from '../../../protocol/clipboard-outbox.ts';
import { sequence } from '../../../protocol/flow.ts';
import { micros } from '../../../protocol/time.ts';

/** Sends texts through both ends, the parts that are under way in any order, until nothing moves. */
function carry(texts: readonly string[], pick: (count: number) => number): readonly string[] {
  const outbox = new ClipboardOutbox();
  const inbox = new ClipboardInbox(0);
  outbox.accepted(inbox.credit);
  const arrived: string[] = [];
  const wire: ClipboardMessage[] = [];
  let seq = 0;
  const send = (): void => {
    for (let part = outbox.next(); part !== undefined; part = outbox.next()) {
      const { payload, ...given } = part;
      wire.push({ header: { ...given, seq: sequence(seq) }, payload });
      seq += 1;
    }
  };
  for (const [at, text] of texts.entries()) {
    outbox.offer(text, micros(at));
    send();
    while (wire.length > 0) {
      const [message] = wire.splice(pick(wire.length), 1);
      if (message === undefined) break;
      const { contents, credit } = inbox.push(message, at * 1e6);
      let granted = credit;
      for (const content of contents) {
        if (content.type !== 'text') continue;
        arrived.push(content.text);
        expect(outbox.isSettled).toBe(false);
        granted = inbox.release(content.heldBytes);
      }
      outbox.credited(granted);
      send();
    }
    expect(outbox.isSettled).toBe(true);
  }
  return arrived;
}

describe('a flow of the clipboard', () => {
  it('brings every text whole, however its parts overtake each other, and says when it is there', () => {
    const texts = fc.array(
      fc
        .tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 9_000 }))
        .map(([text, times]) => text.repeat(times).slice(0, 250_000)),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(texts, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const pick = (count: number): number => (numbers.next().value ?? 0) % count;
        // A text that is cut inside a character has no form in UTF-8.
        const whole = given.map((text) => text.toWellFormed());
        expect(carry(whole, pick)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('takes anything that a hostile sender makes of parts as a text, an announcement or a breach', () => {
    const message = fc.record({
      header: fc.record({
        seq: fc.nat(80).map(sequence),
        key: fc.boolean(),
        captureTime: fc.constant(micros(0)),
        extensions: fc.array(
          fc.record({ id: fc.constantFrom(2, 10), bytes: fc.uint8Array({ maxLength: 8 }) }),
          { maxLength: 2 },
        ),
      }),
      payload: fc.uint8Array({ maxLength: 20_000 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
        const inbox = new ClipboardInbox(0);
        try {
          for (const one of messages) inbox.push(one, 0);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^E_/) as unknown });
        }
      }),
    );
  });
});
