import { changedBefore, queuedAfter } from '../../protocol/span-extension.ts';
import { fromMicros32 } from '../../protocol/time.ts';
import type { ReceivedMessage } from '../receive/ordered-flow.ts';
import type { ToVideoWorkerMedia } from '../video/video-messages.ts';

/** What a picture's message says beside its own fields. */
export interface AccessUnitFacts {
  /** Codec string of the stream that a KEY begins. */
  readonly codec: string;
  /** False: a picture as new was sent before, so that this one is only decoded for those after it. */
  readonly isNews: boolean;
}

/** The video worker's message for a picture that came whole; its `buffer` is to be transferred. */
export function accessUnitMessage(
  { message, begunAt, receivedAt }: ReceivedMessage,
  { codec, isNews }: AccessUnitFacts,
): Extract<ToVideoWorkerMedia, { type: 'accessUnit' }> {
  const { header, payload } = message;
  const queued = queuedAfter.read(header.extensions);
  const changed = changedBefore.read(header.extensions);
  const { buffer } = payload;
  // Transports give each video message a buffer of its own, which goes with it; the copy is for one that does not.
  const isOwn = buffer instanceof ArrayBuffer;
  return {
    type: 'accessUnit',
    sequence: header.seq,
    key: header.key,
    codec,
    late: header.late || !isNews,
    captureTime: header.captureTime,
    ...(changed === undefined ? {} : { changedTime: header.captureTime - changed }),
    ...(queued === undefined ? {} : { queuedTime: header.captureTime + queued }),
    sendTime: fromMicros32(message.sendTimeFirst, header.captureTime),
    begunAt,
    receivedAt,
    buffer: isOwn ? buffer : new Uint8Array(payload).buffer,
    start: isOwn ? payload.byteOffset : 0,
    length: payload.byteLength,
  };
}
