/** Extension 5, codec: a KEY whose flow is coded in another way from here on (docs/protocol.md, "Extensions"). */

import { ProtocolError } from './errors.ts';
import type { Extension } from './extension.ts';

/** Odd: a receiver that does not know it would give the picture to the wrong decoder. */
export const STREAM_CODEC = 5;

/** Longest codec string, characters; as in HELLO. */
const MAX_CHARACTERS = 64;

/** What codec strings are written with. */
const CODEC_STRING = /^[A-Za-z0-9.]+$/;

/** Names the codec of a KEY. Throws RangeError for a text that is no codec string. */
export function streamCodec(codec: string): Extension {
  if (codec.length > MAX_CHARACTERS || !CODEC_STRING.test(codec)) {
    throw new RangeError(`codec: expected a codec string, got ${JSON.stringify(codec)}`);
  }
  return { id: STREAM_CODEC, bytes: Uint8Array.from(codec, (letter) => letter.charCodeAt(0)) };
}

/** The codec string that a KEY names; undefined: it is that of FLOW_OPEN. Throws ProtocolError E_SIZE or E_TEXT. */
export function readStreamCodec(extensions: readonly Extension[]): string | undefined {
  const found = extensions.find(({ id }) => id === STREAM_CODEC);
  if (found === undefined) return undefined;
  if (found.bytes.length > MAX_CHARACTERS) {
    throw new ProtocolError(
      'E_SIZE',
      `ext codec: expected at most ${MAX_CHARACTERS} bytes, got ${found.bytes.length}`,
    );
  }
  const codec = String.fromCharCode(...found.bytes);
  if (!CODEC_STRING.test(codec)) {
    throw new ProtocolError('E_TEXT', 'ext codec: expected a codec string');
  }
  return codec;
}
