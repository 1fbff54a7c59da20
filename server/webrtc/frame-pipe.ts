import type { Duplex } from 'node:stream';
import { FrameQueue, type FrameRule } from './frame-queue.ts';
import { encodeFrame, FrameReader, type Frame, type FrameTypeValue } from './peer-frame.ts';

/** Bytes of one write, about what a socket of the kernel holds (net.core.wmem_default): what waits beyond it can still give way. */
const WRITE_BYTES = 128 * 1024;

/** The pipe, and who gets its frames. */
export interface FramePipeOptions {
  /** Both directions; owned by the pipe. */
  readonly socket: Duplex;
  /** Milliseconds after which a write that is not taken ends it all; absent: it may take as long as it likes. */
  readonly stallMs?: number;
  onFrame(frame: Frame): void;
  /** The other side has ended, or, where there is a reason, it is not to be talked to; once, nothing comes afterwards. */
  onEnd(reason: string | undefined): void;
}

/** One end of the connection between the gateway and the process of the WebRTC library. */
export class FramePipe {
  readonly #options: FramePipeOptions;
  readonly #queue = new FrameQueue();
  readonly #reader = new FrameReader();
  #isScheduled = false;
  #isWriting = false;
  #isEnding = false;
  #isOver = false;

  constructor(options: FramePipeOptions) {
    this.#options = options;
    const { socket } = options;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    for (const event of ['end', 'error', 'close']) socket.on(event, () => this.#over(undefined));
  }

  /** Sends a frame; the payload is copied. False: there is no room for what must not be lost, or nobody there. */
  send(frame: OutboundFrame, rule: FrameRule): boolean {
    if (this.#isOver || this.#isEnding) return false;
    const { type, peer, payload } = frame;
    if (!this.#queue.push(peer, encodeFrame(type, peer, payload), rule)) return false;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      // What one turn sends, for all viewers, is one write.
      process.nextTick(() => {
        this.#isScheduled = false;
        this.#flush();
      });
    }
    return true;
  }

  /** Ends this side once what waits is written. */
  end(): void {
    this.#isEnding = true;
    this.#flush();
  }

  /** Lets go of the socket at once. */
  destroy(): void {
    this.#isOver = true;
    this.#options.socket.destroy();
  }

  #flush(): void {
    if (this.#isWriting || this.#isOver) return;
    const frames = this.#queue.take(WRITE_BYTES);
    if (frames.length === 0) {
      if (this.#isEnding) this.#options.socket.end();
      return;
    }
    this.#isWriting = true;
    const { socket, stallMs } = this.#options;
    const patience =
      stallMs === undefined
        ? undefined
        : setTimeout(() => this.#over(`it read nothing for ${stallMs} ms`), stallMs);
    socket.write(Buffer.concat(frames), () => {
      clearTimeout(patience);
      this.#isWriting = false;
      this.#flush();
    });
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) {
        // What one frame starts may end it all.
        if (!this.#isOver) this.#options.onFrame(frame);
      }
    } catch (error) {
      this.#over(error instanceof Error ? error.message : String(error));
    }
  }

  #over(reason: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnd(reason);
  }
}

/** A frame to be written. */
export interface OutboundFrame {
  readonly type: FrameTypeValue;
  readonly peer: number;
  readonly payload?: Uint8Array | undefined;
}
