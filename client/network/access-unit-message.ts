import { changedBefore, queuedAfter, trackTimestamp } from '../../protocol/figure-extension.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import { fromMicros32 } from '../../protocol/time.ts';
import type { ReceivedMessage } from '../receive/ordered-flow.ts';
import type { SentPicture, ToVideoWorkerMedia } from '../video/video-messages.ts';

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
  const { buffer } = payload;
  // Transports give each video message a buffer of its own, which goes with it; the copy is for one that does not.
  const isOwn = buffer instanceof ArrayBuffer;
  return {
    type: 'accessUnit',
    ...sentPicture(message),
    key: header.key,
    codec,
    late: header.late || !isNews,
    begunAt,
    receivedAt,
    buffer: isOwn ? buffer : new Uint8Array(payload).buffer,
    start: isOwn ? payload.byteOffset : 0,
    length: payload.byteLength,
  };
}

/** The video worker's message for a picture that comes on a track; undefined when its server does not say under which timestamp. */
export function trackPictureMessage({
  message,
}: ReceivedMessage): Extract<ToVideoWorkerMedia, { type: 'onTrack' }> | undefined {
  const timestamp = trackTimestamp.read(message.header.extensions);
  if (timestamp === undefined) return undefined;
  return { type: 'onTrack', timestamp, ...sentPicture(message) };
}

function sentPicture({ header, sendTimeFirst }: CompleteMessage): SentPicture {
  const { captureTime, extensions, seq: sequence } = header;
  const queued = queuedAfter.read(extensions);
  const changed = changedBefore.read(extensions);
  return {
    sequence,
    captureTime,
    ...(changed === undefined ? {} : { changedTime: captureTime - changed }),
    ...(queued === undefined ? {} : { queuedTime: captureTime + queued }),
    sendTime: fromMicros32(sendTimeFirst, captureTime),
  };
}
