import { ByteReader, ByteWriter, varintBytes } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import type { Extension } from './extension.ts';
import { micros, type Micros } from './time.ts';

/** A header extension that is one whole number from 0, as a varint. */
export interface FigureExtension<Figure extends number> {
  readonly id: number;
  /** @param figure rounded; less than 0 counts as 0 */
  write(figure: Figure): Extension;
  /** What a header says; undefined when it says nothing, or nothing that can be read. */
  read(extensions: readonly Extension[]): Figure | undefined;
}

interface FigureKind<Figure extends number> {
  /** Even: a receiver that does not know it loses a figure, no message. */
  readonly id: number;
  readonly name: string;
  readonly brand: (value: number) => Figure;
}

function figureExtension<Figure extends number>(kind: FigureKind<Figure>): FigureExtension<Figure> {
  const { id, name, brand } = kind;
  return {
    id,
    write: (figure) => {
      const whole = Math.max(0, Math.round(figure));
      const writer = new ByteWriter(varintBytes(whole));
      writer.varint(whole, name);
      return { id, bytes: writer.finish() };
    },
    read: (extensions) => {
      const found = extensions.find((each) => each.id === id);
      if (found === undefined) return undefined;
      try {
        return brand(new ByteReader(found.bytes).varint(name));
      } catch (error) {
        if (error instanceof ProtocolError) return undefined;
        throw error;
      }
    },
  };
}

/** Extension 4: from the capture to the sender's queue, what capturing and encoding took (docs/protocol.md, "Message header"). */
export const queuedAfter: FigureExtension<Micros> = figureExtension({
  ...{ id: 4, name: 'queuedAfter' },
  brand: micros,
});

/** Extension 6: from the change of the screen that a picture is the first to show, to its capture (docs/protocol.md, "Message header"). */
export const changedBefore: FigureExtension<Micros> = figureExtension({
  ...{ id: 6, name: 'changedBefore' },
  brand: micros,
});

/** Extension 8: the RTP timestamp under which a picture goes on its track, u32 (docs/protocol.md, "WebRTC"). */
export const trackTimestamp: FigureExtension<number> = figureExtension({
  ...{ id: 8, name: 'trackTimestamp' },
  brand: (value) => value,
});

/** Extension 10: bytes of the whole content that a KEY of a clipboard flow begins (docs/protocol.md, "Clipboard"). */
export const contentLength: FigureExtension<number> = figureExtension({
  ...{ id: 10, name: 'contentLength' },
  brand: (value) => value,
});
