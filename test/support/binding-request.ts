import { createHmac } from 'node:crypto';

/** A check of ICE (RFC 8445, section 7.2.2), signed with the password of the side that is checked. */
export function encodeBindingRequest(username: string, pwd: string): Buffer {
  const padded = Buffer.alloc(Math.ceil(username.length / 4) * 4);
  padded.write(username, 'latin1');
  const head = Buffer.alloc(20);
  head.writeUInt16BE(0x0001, 0);
  head.writeUInt32BE(0x2112_a442, 4);
  const name = Buffer.alloc(4);
  name.writeUInt16BE(0x0006, 0);
  name.writeUInt16BE(username.length, 2);
  head.writeUInt16BE(4 + padded.byteLength + 24, 2);
  const signed = Buffer.concat([head, name, padded]);
  const signature = createHmac('sha1', pwd).update(signed).digest();
  return Buffer.concat([signed, Buffer.from([0x00, 0x08, 0x00, 0x14]), signature]);
}

/** A packet as it goes over TCP (RFC 4571, section 2). */
export function framed(packet: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.byteLength, 0);
  return Buffer.concat([length, packet]);
}
