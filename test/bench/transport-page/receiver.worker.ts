/**
 * Receives as the client's network worker does, with the same link, transports and receiver, and notes when each message
 * was whole instead of handing it to a decoder.
 */
import { localMicros } from '../../../client/local-time.ts';
import { SessionLink } from '../../../client/session-link.ts';
import type { Connection } from '../../../client/transport/connection.ts';

/** One message, in the hands of the one who would decode it. */
export interface Arrival {
  readonly sequence: number;
  readonly bytes: number;
  /** Moment of sending that the message begins with: µs of the machine's monotonic clock. */
  readonly sentAt: number;
  /** Local time of this worker, µs. */
  readonly arrivedAt: number;
}

/** What came since it was asked last. */
export interface Received {
  readonly transport: string | undefined;
  readonly arrivals: readonly Arrival[];
  /** Messages that the server gave up, since the connection began. */
  readonly abandoned: number;
}

export type ToReceiver =
  { readonly type: 'start'; readonly page: string } | { readonly type: 'take' };
export type FromReceiver = Received;

let connection: Connection | undefined;
let transport: string | undefined;
let arrivals: Arrival[] = [];

function start(page: URL): void {
  const choice = page.searchParams.get('transport') === 'websocket' ? 'websocket' : 'webtransport';
  const link = new SessionLink({
    page,
    choice,
    chosen: () => ({}),
    lastWinner: undefined,
    byTracks: false,
    openPeer: () => new MessageChannel().port1,
    onTracksFailed: () => undefined,
    onTracksAdvised: () => undefined,
    offer: () => ({ video: ['avc1.42C020'], audio: [], takesTracks: false }),
    onState: () => undefined,
    onMove: () => undefined,
    onConnection: (live, kind) => {
      connection = live;
      transport = kind;
      live.attach({
        video: ({ message: { header, payload } }) => {
          const arrivedAt = localMicros();
          const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
          const sentAt = view.getFloat64(0);
          arrivals.push({ sequence: header.seq, bytes: payload.byteLength, sentAt, arrivedAt });
        },
        audio: () => undefined,
        onTrack: () => undefined,
        cursor: () => undefined,
        role: () => undefined,
        move: () => undefined,
        goaway: () => undefined,
        stream: () => undefined,
        clock: () => undefined,
      });
    },
  });
  void link.run();
}

self.onmessage = (event: MessageEvent<ToReceiver>) => {
  const message = event.data;
  if (message.type === 'start') {
    start(new URL(message.page));
    return;
  }
  const received: FromReceiver = {
    transport,
    arrivals,
    abandoned: connection?.counters.videoAbandoned ?? 0,
  };
  arrivals = [];
  self.postMessage(received);
};
