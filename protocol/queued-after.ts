/** Extension 4, queuedAfter: how long a message took until its sender could have sent it (docs/protocol.md, "Extensions"). */

import { ByteReader, ByteWriter, varintBytes } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import type { Extension } from './extension.ts';
import { micros, type Micros } from './time.ts';

/** Even: a receiver that does not know it loses a figure, no picture. */
const QUEUED_AFTER = 4;

/**
 * From the capture to the sender's queue: capturing and encoding.
 *
 * @param after from 0; whole microseconds on the wire
 */
export function queuedAfter(after: Micros): Extension {
  const whole = Math.max(0, Math.round(after));
  const writer = new ByteWriter(varintBytes(whole));
  writer.varint(whole, 'queuedAfter');
  return { id: QUEUED_AFTER, bytes: writer.finish() };
}

/** What a header says; undefined when it says nothing, or nothing that can be read: extensions are only for display. */
export function readQueuedAfter(extensions: readonly Extension[]): Micros | undefined {
  const found = extensions.find(({ id }) => id === QUEUED_AFTER);
  if (found === undefined) return undefined;
  try {
    return micros(new ByteReader(found.bytes).varint('queuedAfter'));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
