import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fuA, nal, rtpPacket, stapA } from './ingest/rtp.ts';

const FRAMES_PER_SECOND = 60;
const TICKS_PER_FRAME = 90_000 / FRAMES_PER_SECOND;

/** Bytes of a fragment, as payloaders make it for an MTU of 1,200. */
const FRAGMENT_BYTES = 1_180;

/** A keyframe each so many pictures unless asked otherwise, of as many bytes as the others. */
const KEY_INTERVAL = 120;

/** Different pictures, after which they come again: making them is nobody's load. */
const PICTURES = 120;

interface FeedOptions {
  readonly port: number;
  readonly bitrateBps: number;
  /** Pictures from one keyframe to the next, a divisor of 120. */
  readonly keyInterval?: number;
}

/** RTP of an encoder at an even rate without the encoder: H.264 whose slices say nothing. */
export class RtpFeed {
  readonly #socket: Socket;
  readonly #pictures: readonly (readonly Uint8Array[])[];
  readonly #startedAt = performance.now();
  #made = 0;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(socket: Socket, bytes: number, keyInterval: number) {
    this.#socket = socket;
    this.#pictures = Array.from({ length: PICTURES }, (_, index) =>
      payloads(index % keyInterval === 0, bytes),
    );
    socket.on('error', () => this.close());
    socket.resume();
    this.#schedule();
  }

  /** Sends to a gateway that listens on a TCP port for RTP, from now on. */
  static async open(options: FeedOptions): Promise<RtpFeed> {
    const { port, bitrateBps, keyInterval = KEY_INTERVAL } = options;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RtpFeed(socket, bitrateBps / 8 / FRAMES_PER_SECOND, keyInterval);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  #schedule(): void {
    const dueAt = this.#startedAt + (this.#made * 1000) / FRAMES_PER_SECOND;
    this.#timer = setTimeout(() => this.#send(), Math.max(0, dueAt - performance.now()));
  }

  #send(): void {
    const payloads = this.#pictures[this.#made % PICTURES] ?? [];
    const captureTime = BigInt(Date.now()) * 1_000_000n + NTP_OFFSET_NS;
    const packets = payloads.map((payload, index) =>
      rtpPacket({
        sequence: (this.#sequence += 1),
        timestamp: (this.#made * TICKS_PER_FRAME) % 2 ** 32,
        marker: index === payloads.length - 1,
        payload,
        captureTime,
      }),
    );
    this.#socket.write(Buffer.concat(packets.flatMap((packet) => [lengthOf(packet), packet])));
    this.#made += 1;
    this.#schedule();
  }
}

/** What stands before a packet on a stream (RFC 4571, section 2). */
function lengthOf(packet: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.byteLength, 0);
  return length;
}

/** From 1900, where NTP begins, to 1970. */
const NTP_OFFSET_NS = 2_208_988_800n * 1_000_000_000n;

function payloads(isKey: boolean, bytes: number): readonly Uint8Array[] {
  const slice = randomFillSync(new Uint8Array(bytes));
  slice.set(isKey ? nal.idr : nal.delta);
  const fragments = fuA(slice, FRAGMENT_BYTES);
  return isKey ? [stapA([nal.sps, nal.pps]), ...fragments] : fragments;
}
