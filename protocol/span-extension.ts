import { ByteReader, ByteWriter, varintBytes } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import type { Extension } from './extension.ts';
import { micros, type Micros } from './time.ts';

/** A header extension that is one span of time, for display alone: whole microseconds from 0, as a varint. */
export interface SpanExtension {
  readonly id: number;
  /** @param span less than 0 counts as 0 */
  write(span: Micros): Extension;
  /** What a header says; undefined when it says nothing, or nothing that can be read. */
  read(extensions: readonly Extension[]): Micros | undefined;
}

/** @param id even: a receiver that does not know it loses a figure, no picture */
export function spanExtension(id: number, name: string): SpanExtension {
  return {
    id,
    write: (span) => {
      const whole = Math.max(0, Math.round(span));
      const writer = new ByteWriter(varintBytes(whole));
      writer.varint(whole, name);
      return { id, bytes: writer.finish() };
    },
    read: (extensions) => {
      const found = extensions.find((each) => each.id === id);
      if (found === undefined) return undefined;
      try {
        return micros(new ByteReader(found.bytes).varint(name));
      } catch (error) {
        if (error instanceof ProtocolError) return undefined;
        throw error;
      }
    },
  };
}

/** Extension 4: from the capture to the sender's queue, what capturing and encoding took (docs/protocol.md, "Extensions"). */
export const queuedAfter = spanExtension(4, 'queuedAfter');

/** Extension 6: from the change of the screen that a picture is the first to show, to its capture (docs/protocol.md, "Extensions"). */
export const changedBefore = spanExtension(6, 'changedBefore');
