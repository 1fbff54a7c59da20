import { clipboardType } from '../../protocol/clipboard-outbox.ts';
import {
  flowId,
  Priority,
  sequence,
  type FlowId,
  type FlowKindName,
  type PriorityValue,
} from '../../protocol/flow.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import type { SendingMode } from '../../protocol/stream-settings.ts';
import { millis, type Millis } from '../../protocol/time.ts';
import type { DeadlineQueue } from '../schedule/deadline-queue.ts';
import type { ServerTransport } from '../transport/transport.ts';

/** The flows that every session has; even ids are the server's. */
export const AUDIO_FLOW = flowId(2);
/** The flow of pictures. */
export const VIDEO_FLOW = flowId(4);
/** The flow of the pointer. */
export const POINTER_FLOW = flowId(6);
/** The flow of what is copied on the desktop; only those who may have control have it. */
export const CLIPBOARD_FLOW = flowId(8);

/** Where messages go, and what the flows are opened with. */
export interface MediaFlowsOptions {
  readonly transport: Pick<ServerTransport, 'sendControl'>;
  readonly queue: DeadlineQueue;
  /** Budgets at first. */
  readonly mode: SendingMode;
  readonly video: { readonly codec: string; readonly width: number; readonly height: number };
  /** Without it there is no flow of sound. */
  readonly sound: { readonly frameMs: number } | undefined;
}

/** What a message says of itself beside its flow and number; what is left out is usual. */
type HeaderFields = Pick<MessageHeader, 'key' | 'captureTime' | 'budget'> &
  Partial<Pick<MessageHeader, 'discardable' | 'dependency' | 'epoch' | 'extensions'>> & {
    readonly temporalLayer?: number;
  };

/** The flows of one viewer: opened with the connection, and their messages numbered from 0. */
export class MediaFlows {
  readonly #options: MediaFlowsOptions;
  readonly #nextSequence = new Map<FlowId, number>();

  constructor(options: MediaFlowsOptions) {
    this.#options = options;
    const { mode, video, sound } = options;
    this.#open(VIDEO_FLOW, 'video', Priority.videoBase, mode.videoBudget, video);
    if (sound !== undefined) {
      const metadata = { codec: 'opus', sampleRate: 48_000, channels: 2, ...sound };
      this.#open(AUDIO_FLOW, 'audio', Priority.audio, mode.audioBudget, metadata);
    }
    this.#open(POINTER_FLOW, 'cursor', Priority.interface, millis(0), {});
  }

  /** Opens the flow of what is copied on the desktop. Call once. */
  openClipboard(): void {
    const metadata = { type: clipboardType };
    this.#open(CLIPBOARD_FLOW, 'clipboard', Priority.interface, millis(0), metadata);
  }

  /** The header of the flow's next message; takes its number. */
  header(
    flow: FlowId,
    priority: PriorityValue,
    { temporalLayer = 0, ...given }: HeaderFields,
  ): MessageHeader {
    const seq = this.#nextSequence.get(flow) ?? 0;
    this.#nextSequence.set(flow, seq + 1);
    return {
      flow,
      seq: sequence(seq),
      discardable: false,
      dependency: 0,
      epoch: false,
      recovery: false,
      late: false,
      layer: { temporal: temporalLayer, spatial: 0, priority },
      extensions: [],
      ...given,
    };
  }

  /** Tells the receiver which budgets have changed. */
  rebudget(before: SendingMode, after: SendingMode): void {
    if (after.videoBudget !== before.videoBudget)
      this.tell(VIDEO_FLOW, 'budget', after.videoBudget);
    if (this.#options.sound !== undefined && after.audioBudget !== before.audioBudget)
      this.tell(AUDIO_FLOW, 'budget', after.audioBudget);
  }

  /** Tells the receiver what has changed about a flow. */
  tell(flow: FlowId, key: 'budget' | 'pause', value: number): void {
    this.#options.transport.sendControl({ type: 'flowUpdate', flow, key, value });
  }

  #open(
    flow: FlowId,
    kind: FlowKindName,
    priority: PriorityValue,
    budget: Millis,
    metadata: Readonly<Record<string, unknown>>,
  ): void {
    const { transport, queue } = this.#options;
    const parent = undefined;
    transport.sendControl({ type: 'flowOpen', flow, parent, kind, priority, budget, metadata });
    queue.openFlow(flow, { kind, priority });
  }
}
