import type { FlowKindName } from '../../protocol/flow.ts';
import type { Micros } from '../../protocol/time.ts';
import type { OutboundMessage } from '../transport/transport.ts';
import { isDiscardableExpired, type DropLink } from './drop-policy.ts';
import { finishBy, type MessageLine } from './message-line.ts';

/** What a discipline decides with. */
export interface QueueState {
  readonly now: Micros;
  readonly link: DropLink;
  /** Payload bytes of one fragment: what a supersession always lets finish. */
  readonly fragmentBytes: number;
  /** Payload bytes that this flow may still add. */
  readonly roomBytes: number;
  readonly maxMessages: number;
  /**
   * Of a link that the encoder does not follow: how long what is sent waits on the path, µs. Undefined where the encoder makes what the
   * link carries.
   */
  readonly aheadUs: number | undefined;
  /** Whether pictures that wait here wait for the path: not for a busy client, whose acknowledgements let go what is sent. */
  readonly isPathLong: boolean;
  /** What the encoder that this link drives is asked for, bits per second; 0 = unknown, or another link drives it. */
  readonly encoderBps: number;
}

/** How one kind of flow treats its messages while they wait. One per flow, over the flow's line. */
export interface Discipline {
  /** Takes a message into the line, or refuses it. */
  push(message: OutboundMessage, state: QueueState): void;
  /** Drops what may go, before the next piece is taken. */
  expire(state: QueueState): void;
  /** True while only a keyframe can continue the flow. */
  readonly needsKeyframe: boolean;
}

const hasRoom = (line: MessageLine, message: OutboundMessage, state: QueueState): boolean =>
  line.length < state.maxMessages && message.payload.byteLength <= state.roomBytes;

/** Audio: every message stands alone and is dropped when it cannot finish in time. */
const perishable = (line: MessageLine): Discipline => {
  const expire = ({ now, link }: QueueState): void =>
    line.drop('expired', ({ header, remainingBytes, begun }) =>
      isDiscardableExpired({ finishBy: finishBy(header, link), remainingBytes, begun }, now, link),
    );
  return {
    needsKeyframe: false,
    expire,
    push: (message, state) => {
      expire(state);
      if (hasRoom(line, message, state)) line.append(message, state.now);
      else line.refuse(message, 'overflow');
    },
  };
};

/** Cursor: only the newest state matters; a KEY message replaces those that wait, except a begun one. */
const newestOnly = (line: MessageLine): Discipline => ({
  needsKeyframe: false,
  expire: () => undefined,
  push: (message, state) => {
    if (message.header.key) line.drop('superseded', ({ begun }) => !begun);
    if (hasRoom(line, message, state)) line.append(message, state.now);
    else line.refuse(message, 'overflow');
  },
});

/** Clipboard and bulk: everything arrives; what exceeds the bound is refused at the door. */
const reliable = (line: MessageLine): Discipline => ({
  needsKeyframe: false,
  expire: () => undefined,
  push: (message, state) => {
    if (hasRoom(line, message, state)) line.append(message, state.now);
    else line.refuse(message, 'overflow');
  },
});

/** The disciplines of all kinds but video, which has its own file. */
export const simpleDisciplines: Readonly<
  Record<Exclude<FlowKindName, 'video'>, (line: MessageLine) => Discipline>
> = { audio: perishable, cursor: newestOnly, clipboard: reliable, bulk: reliable };
