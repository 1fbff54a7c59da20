import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What it takes of STUN (RFC 8489) to know whose check a packet is:
 *
 * ```
 *  0                   2                   4
 * +-------------------+-------------------+
 * | type = 0x0001     | length            |  length: of the attributes, bytes
 * +-------------------+-------------------+
 * | magic cookie 0x2112A442               |
 * +---------------------------------------+
 * | transaction, 12 bytes                 |
 * +-------------------+-------------------+
 * | attribute type    | attribute length  |  value, padded to 4 bytes; and so on
 * +-------------------+-------------------+
 * ```
 */
const BINDING_REQUEST = 0x0001;
const MAGIC_COOKIE = 0x2112_a442;
const HEAD_BYTES = 20;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ATTRIBUTE_HEAD_BYTES = 4;
const SHA1_BYTES = 20;

/** A check of ICE (RFC 8445, section 7.2.2), with what proves whose it is. */
export interface BindingRequest {
  /** User fragment of the side that is checked. */
  readonly ufrag: string;
  /** Whether whoever sent it knows the password that belongs to the user fragment. */
  isSignedWith(pwd: string): boolean;
}

/** Reads a packet as a check that is signed; undefined for anything else. */
export function readBindingRequest(packet: Uint8Array): BindingRequest | undefined {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if (bytes.byteLength < HEAD_BYTES || bytes.readUInt16BE(0) !== BINDING_REQUEST) return undefined;
  if (bytes.readUInt32BE(4) !== MAGIC_COOKIE) return undefined;
  if (bytes.readUInt16BE(2) + HEAD_BYTES !== bytes.byteLength) return undefined;
  const username = findAttribute(bytes, USERNAME);
  const signature = findAttribute(bytes, MESSAGE_INTEGRITY);
  if (username === undefined || signature?.value.byteLength !== SHA1_BYTES) return undefined;
  const [ufrag = ''] = username.value.toString('latin1').split(':', 1);
  return {
    ufrag,
    isSignedWith: (pwd) => timingSafeEqual(sign(bytes, signature.at, pwd), signature.value),
  };
}

/** Message integrity as RFC 8489, section 14.5, has it: the length says that the message ends behind it. */
function sign(bytes: Buffer, at: number, pwd: string): Buffer {
  const signed = Buffer.from(bytes.subarray(0, at));
  signed.writeUInt16BE(at + ATTRIBUTE_HEAD_BYTES + SHA1_BYTES - HEAD_BYTES, 2);
  return createHmac('sha1', pwd).update(signed).digest();
}

/** The first attribute of a type, with the place of its head. */
function findAttribute(
  bytes: Buffer,
  type: number,
): { readonly at: number; readonly value: Buffer } | undefined {
  let at = HEAD_BYTES;
  while (at + ATTRIBUTE_HEAD_BYTES <= bytes.byteLength) {
    const length = bytes.readUInt16BE(at + 2);
    const begin = at + ATTRIBUTE_HEAD_BYTES;
    if (begin + length > bytes.byteLength) return undefined;
    if (bytes.readUInt16BE(at) === type) {
      return { at, value: bytes.subarray(begin, begin + length) };
    }
    at = begin + Math.ceil(length / 4) * 4;
  }
  return undefined;
}
