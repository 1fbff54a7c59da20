import type { FlowId, FlowKindName } from '../../protocol/flow.ts';
import { NewestFlow } from './newest-flow.ts';
import {
  OrderedFlow,
  type OrderedFlowCounters,
  type OrderedOutput,
  type ReceivedMessage,
} from './ordered-flow.ts';

/** What to do with what arrived, in order. */
export type ReceiverOutput =
  | { readonly type: 'video'; readonly flow: FlowId; readonly received: ReceivedMessage }
  | {
      readonly type: 'audio';
      readonly flow: FlowId;
      readonly received: ReceivedMessage;
      /** Packets lost just before this one. */
      readonly missing: number;
    }
  /** A message that came whole and was thrown away, see OrderedOutput. */
  | {
      readonly type: 'unused';
      readonly received: ReceivedMessage;
      readonly why: 'expired' | 'undecodable';
    }
  | { readonly type: 'other'; readonly kind: FlowKindName; readonly received: ReceivedMessage }
  | {
      readonly type: 'keyRequest';
      readonly flow: FlowId;
      readonly lastDecoded: number | undefined;
    };

/** Losses of all flows of a kind together. */
export interface ReceiverCounters {
  readonly videoDiscarded: number;
  readonly videoAbandoned: number;
  readonly videoAbandonedBy: Readonly<OrderedFlowCounters['abandonedBy']>;
  readonly videoGaps: number;
  readonly keyRequests: number;
  readonly audioPackets: number;
  readonly audioMissing: number;
  readonly audioDuplicates: number;
}

/** What a receiver may count on. */
export interface ReceiverOptions {
  /** True where the transport keeps each flow's order (WebSocket). */
  readonly inOrder: boolean;
}

type Flow =
  | { readonly type: 'ordered'; readonly kind: FlowKindName; readonly core: OrderedFlow }
  | { readonly type: 'newest'; readonly kind: FlowKindName; readonly core: NewestFlow };

/** Messages to keep for a flow whose FLOW_OPEN, on another stream, has not come yet. */
const MAX_UNANNOUNCED = 32;

/** Flows that a server may open; it opens about four. */
const MAX_FLOWS = 32;

/**
 * Turns the complete messages of a connection into what the decoders take: ordered per flow, without duplicates, with
 * requests for keyframes where video was lost. A pure core; one per connection. Times in µs of local time.
 */
export class Receiver {
  readonly #inOrder: boolean;
  readonly #flows = new Map<FlowId, Flow>();
  #unannounced: ReceivedMessage[] = [];
  #videoBudget: number | undefined;

  constructor(options: ReceiverOptions) {
    this.#inOrder = options.inOrder;
  }

  /** FLOW_OPEN of the server. Returns what waited for it. */
  open(flow: FlowId, kind: FlowKindName, now: number, rtt: number): readonly ReceiverOutput[] {
    if (this.#flows.has(flow) || this.#flows.size >= MAX_FLOWS) return [];
    this.#flows.set(
      flow,
      kind === 'video'
        ? { type: 'ordered', kind, core: this.#ordered() }
        : { type: 'newest', kind, core: new NewestFlow() },
    );
    const waiting = this.#unannounced.filter((one) => one.message.header.flow === flow);
    this.#unannounced = this.#unannounced.filter((one) => one.message.header.flow !== flow);
    return waiting.flatMap((received) => this.push(received, now, rtt));
  }

  /** How old pictures may become, µs, by the mode in force. */
  setVideoBudget(budget: number): void {
    this.#videoBudget = budget;
    for (const flow of this.#flows.values()) {
      if (flow.type === 'ordered') flow.core.budget = budget;
    }
  }

  close(flow: FlowId): void {
    this.#flows.delete(flow);
  }

  push(received: ReceivedMessage, now: number, rtt: number): readonly ReceiverOutput[] {
    const id = received.message.header.flow;
    const flow = this.#flows.get(id);
    if (flow === undefined) {
      if (this.#unannounced.length < MAX_UNANNOUNCED) this.#unannounced.push(received);
      return [];
    }
    if (flow.type === 'ordered') return asVideo(id, flow.core.push(received, now, rtt));
    const outcome = flow.core.push(received.message.header.seq);
    if (outcome.type === 'duplicate') return [];
    if (outcome.type === 'overtaken') return [{ type: 'unused', received, why: 'expired' }];
    if (flow.kind !== 'audio') return [{ type: 'other', kind: flow.kind, received }];
    return [{ type: 'audio', flow: id, received, missing: outcome.missing }];
  }

  abandon(
    range: {
      readonly flow: FlowId;
      readonly first: number;
      readonly count: number;
      readonly reason: number;
    },
    now: number,
    rtt: number,
  ): readonly ReceiverOutput[] {
    const flow = this.#flows.get(range.flow);
    return flow?.type === 'ordered' ? asVideo(range.flow, flow.core.abandon(range, now, rtt)) : [];
  }

  /** The numbers in the range that did not come whole; at most `most` of them, the newest. */
  missingOf(
    {
      flow,
      first,
      count,
    }: { readonly flow: FlowId; readonly first: number; readonly count: number },
    most: number,
  ): readonly number[] {
    const core = this.#flows.get(flow)?.core;
    if (core === undefined) return [];
    const length = Math.min(count, most);
    const oldest = first + count - length;
    return Array.from({ length }, (_, at) => oldest + at).filter((seq) => !core.has(seq));
  }

  /** The newest flow of pictures. */
  get videoFlow(): FlowId | undefined {
    return [...this.#flows].findLast(([, { kind }]) => kind === 'video')?.[0];
  }

  /** The video decoder failed: every video flow starts again at its next KEY. */
  loseDecoder(now: number, rtt: number): readonly ReceiverOutput[] {
    return this.#eachOrdered((core) => core.loseDecoder(now, rtt));
  }

  /** Call about every 100 ms. */
  tick(now: number, rtt: number): readonly ReceiverOutput[] {
    return this.#eachOrdered((core) => core.tick(now, rtt));
  }

  get counters(): ReceiverCounters {
    const sum = {
      videoDiscarded: 0,
      videoAbandoned: 0,
      videoAbandonedBy: { deadline: 0, superseded: 0, other: 0 },
      videoGaps: 0,
      keyRequests: 0,
      audioPackets: 0,
      audioMissing: 0,
      audioDuplicates: 0,
    };
    for (const flow of this.#flows.values()) {
      if (flow.type === 'ordered') {
        sum.videoDiscarded += flow.core.counters.discarded;
        sum.videoAbandoned += flow.core.counters.abandoned;
        const { deadline, superseded, other } = flow.core.counters.abandonedBy;
        sum.videoAbandonedBy.deadline += deadline;
        sum.videoAbandonedBy.superseded += superseded;
        sum.videoAbandonedBy.other += other;
        sum.videoGaps += flow.core.counters.gaps;
        sum.keyRequests += flow.core.counters.keyRequests;
      } else if (flow.kind === 'audio') {
        sum.audioPackets += flow.core.counters.delivered;
        sum.audioMissing += flow.core.counters.missing;
        sum.audioDuplicates += flow.core.counters.duplicates;
      }
    }
    return sum;
  }

  #ordered(): OrderedFlow {
    const core = new OrderedFlow({ inOrder: this.#inOrder });
    if (this.#videoBudget !== undefined) core.budget = this.#videoBudget;
    return core;
  }

  #eachOrdered(action: (core: OrderedFlow) => readonly OrderedOutput[]): readonly ReceiverOutput[] {
    const outputs: ReceiverOutput[] = [];
    for (const [id, flow] of this.#flows) {
      if (flow.type === 'ordered') outputs.push(...asVideo(id, action(flow.core)));
    }
    return outputs;
  }
}

function asVideo(flow: FlowId, outputs: readonly OrderedOutput[]): readonly ReceiverOutput[] {
  return outputs.map((output) => {
    if (output.type === 'deliver') return { type: 'video', flow, received: output.received };
    if (output.type === 'unused') return output;
    return { type: 'keyRequest', flow, lastDecoded: output.lastDecoded };
  });
}
