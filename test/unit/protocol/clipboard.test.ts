import { expect, it } from 'vitest';
import { ClipboardInbox, type ClipboardMessage } from '../../../protocol/clipboard-inbox.ts';
import { ClipboardOutbox } from '../../../protocol/clipboard-outbox.ts';
import { contentLength } from '../../../protocol/figure-extension.ts';
import { sequence } from '../../../protocol/flow.ts';
import { micros } from '../../../protocol/time.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function part(seq: number, payload: Uint8Array, length?: number): ClipboardMessage {
  const extensions = length === undefined ? [] : [contentLength.write(length)];
  const header = {
    seq: sequence(seq),
    key: length !== undefined,
    captureTime: micros(7),
    extensions,
  };
  return { header, payload };
}

it('is complete with the last byte that the KEY has announced', () => {
  const inbox = new ClipboardInbox(0);
  expect(inbox.push(part(0, bytes('Gr'), 6), 0)).toEqual({ contents: [], credit: 65_538 });
  expect(inbox.push(part(1, bytes('üße').subarray(0, 1)), 0)).toEqual({
    contents: [],
    credit: 65_539,
  });
  const { contents, credit } = inbox.push(part(2, bytes('üß').subarray(1)), 0);
  expect(contents).toEqual([{ type: 'text', text: 'Grüß', copiedAt: 7, heldBytes: 3 }]);
  // The last part is given credit for when the text is where it belongs.
  expect(credit).toBe(65_539);
  expect(inbox.release(3)).toBe(65_542);
});

it('drops what a newer KEY interrupts', () => {
  const inbox = new ClipboardInbox(0);
  inbox.push(part(0, bytes('half of'), 100), 0);
  const { contents } = inbox.push(part(1, bytes('new'), 3), 0);
  expect(contents).toMatchObject([{ type: 'text', text: 'new' }]);
});

it('tells of a content that is too large for it', () => {
  const inbox = new ClipboardInbox(0);
  const { contents } = inbox.push(part(0, new Uint8Array(), 1_048_577), 0);
  expect(contents).toEqual([{ type: 'tooLarge', bytes: 1_048_577, copiedAt: 7 }]);
});

it.each([
  ['E_SIZE', [part(0, new Uint8Array(16_385), 20_000)]],
  ['E_FRAGMENT', [part(0, bytes('too much'), 3)]],
  ['E_FRAGMENT', [part(0, bytes('out of nothing'))]],
  ['E_FRAGMENT', [part(0, bytes('x'), 1_048_577)]],
  ['E_TEXT', [part(0, Uint8Array.of(0xc3), 1)]],
  [
    'E_RANGE',
    [{ ...part(0, bytes('x'), 1), header: { ...part(0, bytes('x'), 1).header, extensions: [] } }],
  ],
  ['E_CREDIT', Array.from({ length: 5 }, (_, at) => part(at + 1, new Uint8Array(16_384)))],
  ['E_COUNT', Array.from({ length: 65 }, (_, at) => part(at + 1, new Uint8Array()))],
  ['E_RATE', Array.from({ length: 21 }, (_, at) => part(at, bytes('x'), 1))],
] as const)('refuses a breach: %s', (code, messages) => {
  const inbox = new ClipboardInbox(0);
  const push = (): void => {
    for (const message of messages) inbox.push(message, 0);
  };
  expect(push).toThrow(expect.objectContaining({ code }));
});

it('announces a text that is too large, and sends none of it', () => {
  const outbox = new ClipboardOutbox();
  outbox.accepted(65_536);
  outbox.offer('x'.repeat(1_048_577), micros(0));
  const sent = outbox.next();
  expect(sent?.payload.length).toBe(0);
  expect(contentLength.read(sent?.extensions ?? [])).toBe(1_048_577);
  expect(outbox.next()).toBeUndefined();
  expect(outbox.isSettled).toBe(true);
});

it('sends nothing before it may, and no more than it may', () => {
  const outbox = new ClipboardOutbox();
  outbox.offer('x'.repeat(100_000), micros(0));
  expect(outbox.next()).toBeUndefined();
  outbox.accepted(20_000);
  expect(outbox.next()?.payload.length).toBe(16_384);
  expect(outbox.next()).toBeUndefined();
  outbox.credited(36_384);
  expect(outbox.next()).toMatchObject({ key: false });
  expect(outbox.isSettled).toBe(false);
});
