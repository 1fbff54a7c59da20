import type { ProtocolError } from '../../protocol/errors.ts';

/**
 * A connection that carries whole units in order and without loss; types only. What a WebSocket is, and what the pair in
 * memory imitates.
 */
export interface UnitWire {
  /** Begins delivery, once. */
  listen(sink: UnitWireSink): void;
  /** Writes a unit; `flushed` is called when it has left this process, and not at all when the wire ends before. */
  send(unit: Uint8Array, flushed: () => void): void;
  /** Bytes that `send` took and that have not left this process. */
  readonly bufferedBytes: number;
  /** Starts an orderly end with a close code of WebSocket. */
  close(closeCode: number, reason: string): void;
  /** Ends at once, without a word. */
  terminate(): void;
}

/** Takes what a wire delivers. */
export interface UnitWireSink {
  /** One whole unit; owned by the sink. */
  unit(bytes: Uint8Array): void;
  /** The peer used the wire in a way that it must not. */
  violation(error: ProtocolError): void;
  /** The end, once: the close code of WebSocket, 1006 when there was none. */
  closed(closeCode: number, reason: string): void;
}
