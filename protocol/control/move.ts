/** MOVE: the server asks a client to carry on over another transport (docs/protocol.md, "Moving"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { asText, readJsonObject, writeJsonObject } from './json.ts';

/** Asks for a second connection over a named transport, which then replaces this one. */
export interface MoveUnit {
  readonly type: 'move';
  /** Names the transport, 1 to 32 characters; a client that does not know it, or cannot use it, stays where it is. */
  readonly transport: string;
  /** One sentence for the user, at most 256 characters. */
  readonly reason: string;
}

const nameBounds = { maxLength: 32 };
const reasonBounds = { maxLength: 256 };

/** `0x2f json`. */
export function writeMove(writer: ByteWriter, { transport, reason }: MoveUnit): void {
  writeJsonObject(writer, { transport, reason }, 'move');
}

export function readMove(reader: ByteReader): MoveUnit {
  const object = readJsonObject(reader, 'move');
  return {
    type: 'move',
    transport: asText(object['transport'], 'transport', nameBounds),
    reason: asText(object['reason'], 'reason', reasonBounds),
  };
}
