/**
 * What passes between the gateway and the process of the WebRTC library, in both directions: frames of a length (u32, big endian, of
 * what follows it), a type (u8), the number of a peer (u32; 0 = none) and a payload.
 */

/** What a frame says; numbers below 16 go to the child, the others come from it. */
export const FrameType = {
  /** Open a peer; the payload is its plan as JSON. Answered by `opened` or `refused`. */
  open: 1,
  /** End a peer. */
  close: 2,
  /** A packet of the track with the picture. */
  video: 3,
  /** A packet of the track with the sound. */
  audio: 4,
  /** A message for the data channel. */
  sendData: 5,
  /** A peer is open; the payload is what it is called by, as JSON. */
  opened: 16,
  /** A peer cannot be opened; the payload says why. */
  refused: 17,
  connected: 18,
  rtcp: 19,
  dataOpened: 20,
  /** A message of the data channel. */
  data: 21,
  /** u32: bytes of `sendData` that the child has taken so far, modulo 2^32; u32: those of them that have not left. */
  buffered: 22,
  /** A peer is over; the payload says why. */
  closed: 23,
  /** The library complains; text for the log. */
  complaint: 24,
} as const;

/** A number of the table. */
export type FrameTypeValue = (typeof FrameType)[keyof typeof FrameType];

/** One frame, read. */
export interface Frame {
  /** Not checked: who takes frames knows which ones. */
  readonly type: number;
  readonly peer: number;
  /** A view of what was read; whoever takes the frame may keep it. */
  readonly payload: Buffer;
}

const LENGTH_BYTES = 4;

/** Bytes after the length and before the payload: type and peer. */
const HEAD_BYTES = 5;

/** Bytes of a payload: twice the largest unit, which is also more than any plan. */
export const MAX_PAYLOAD_BYTES = 131_072;

/**
 * Writes one frame; the payload is copied.
 *
 * @throws RangeError for a payload of more than {@link MAX_PAYLOAD_BYTES}
 */
export function encodeFrame(
  type: FrameTypeValue,
  peer: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  if (payload.byteLength > MAX_PAYLOAD_BYTES) {
    throw new RangeError(
      `frame: expected at most ${MAX_PAYLOAD_BYTES} bytes, got ${payload.byteLength}`,
    );
  }
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + HEAD_BYTES + payload.byteLength);
  frame.writeUInt32BE(HEAD_BYTES + payload.byteLength, 0);
  frame.writeUInt8(type, LENGTH_BYTES);
  frame.writeUInt32BE(peer, LENGTH_BYTES + 1);
  frame.set(payload, LENGTH_BYTES + HEAD_BYTES);
  return frame;
}

/** Cuts a stream of bytes into frames. Holds less than one frame of the largest size. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);

  /**
   * Returns the frames that `chunk` completes; the chunk belongs to the reader.
   *
   * @throws RangeError when the bytes are no frames: nothing of the stream makes sense from there on
   */
  push(chunk: Buffer): readonly Frame[] {
    let rest = this.#held.byteLength === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const frames: Frame[] = [];
    while (rest.byteLength >= LENGTH_BYTES) {
      const length = rest.readUInt32BE(0);
      if (length < HEAD_BYTES || length > HEAD_BYTES + MAX_PAYLOAD_BYTES) {
        throw new RangeError(
          `it made no sense: expected a length from ${HEAD_BYTES}, got ${length}`,
        );
      }
      if (rest.byteLength < LENGTH_BYTES + length) break;
      frames.push({
        type: rest.readUInt8(LENGTH_BYTES),
        peer: rest.readUInt32BE(LENGTH_BYTES + 1),
        payload: rest.subarray(LENGTH_BYTES + HEAD_BYTES, LENGTH_BYTES + length),
      });
      rest = rest.subarray(LENGTH_BYTES + length);
    }
    this.#held = rest;
    return frames;
  }
}
