import { expect, it } from 'vitest';
import { MAX_WAITING_BYTES, PacketOutbox } from '../../../server/webrtc/packet-outbox.ts';

/** Of 1 KiB; its first bytes say which one it is. */
const packet = (name: number): Buffer => {
  const bytes = Buffer.alloc(1024);
  bytes.writeUInt32BE(name, 0);
  return bytes;
};

const everything = (outbox: PacketOutbox): readonly number[] => {
  const next = outbox.shift();
  return next === undefined ? [] : [Buffer.from(next).readUInt32BE(0), ...everything(outbox)];
};

it('keeps packets in their order, and of too many the newest', () => {
  const outbox = new PacketOutbox();
  const names = Array.from({ length: 1000 }, (_, name) => name);
  for (const name of names.slice(0, 3)) outbox.push(packet(name));
  expect(everything(outbox)).toEqual([0, 1, 2]);
  for (const name of names) outbox.push(packet(name));
  expect(everything(outbox)).toEqual(names.slice(-MAX_WAITING_BYTES / 1024));
  expect(outbox.shift()).toBeUndefined();
});
