import { KeyRequestReason } from '../../protocol/control/abandon.ts';
import type { MoveUnit } from '../../protocol/control/move.ts';
import type { RoleName } from '../../protocol/control/role.ts';
import type { GoawayUnit } from '../../protocol/control/session.ts';
import type { StreamFacts } from '../../protocol/control/stream.ts';
import type { FlowId } from '../../protocol/flow.ts';
import { readStreamCodec } from '../../protocol/stream-codec.ts';
import type { ReceivedMessage } from '../receive/ordered-flow.ts';
import type { ReceiverOutput } from '../receive/receiver.ts';

/** What a live connection delivers, in order. */
export interface ConnectionSink {
  /** @param codec codec string of the stream that a KEY begins */
  video(received: ReceivedMessage, codec: string): void;
  /** @param missing packets lost just before this one */
  audio(received: ReceivedMessage, missing: number): void;
  /** The server says of a picture that comes on a track when it was what; its payload is empty. */
  onTrack(received: ReceivedMessage): void;
  cursor(payload: Uint8Array): void;
  /** Control has come or gone. */
  role(role: RoleName): void;
  /** The server asks for another transport. */
  move(unit: MoveUnit): void;
  /** The server will close; an empty message: it will not after all. */
  goaway(unit: GoawayUnit): void;
  /** The settings in force have changed, or a SETTINGS is answered. */
  stream(facts: StreamFacts): void;
  /** Session clock minus local time, µs; again whenever the estimate moves. */
  clock(offset: number): void;
}

/** What of the receiver's outputs is not for the sink. */
export interface DeliveryOptions {
  requestKey(flow: FlowId, lastDecoded: number | undefined, why: KeyRequestReason): void;
  unused(output: Extract<ReceiverOutput, { type: 'unused' }>): void;
  /** More waits than a server may send in that moment. */
  overflow(message: string): void;
}

/** Outputs that may wait for `attach`: what a server sends in the moment between HELLO_ACK and the end of the race. */
const MAX_EARLY = 256;

/** Sound packets among them; older ones are dropped, since a session that moves hears them on its other connection. */
const MAX_EARLY_SOUND = 8;

/** What a video flow is that does not say. */
const USUAL_CODEC = 'avc1.42C028';

/** Longest codec string that is taken from FLOW_OPEN, characters; as in HELLO. */
const MAX_CODEC = 64;

/** Brings what the receiver puts out to the sink, and keeps it until there is one. */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** Of each video flow, as its FLOW_OPEN says; the receiver bounds the number of flows. */
  readonly #codecs = new Map<FlowId, string>();
  #sink: ConnectionSink | undefined;
  #early: ReceiverOutput[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Undefined before `attach`. */
  get sink(): ConnectionSink | undefined {
    return this.#sink;
  }

  /** Whether a picture waits for `attach`. */
  get hasPicture(): boolean {
    return this.#early.some(({ type }) => type === 'video');
  }

  /** The sink gets what comes from now on; `flush` brings it what came before. */
  attach(sink: ConnectionSink): void {
    this.#sink = sink;
  }

  flush(): void {
    const early = this.#early;
    this.#early = [];
    this.deliver(early);
  }

  /** @param codec `codec` of a FLOW_OPEN, whatever it is */
  noteCodec(flow: FlowId, codec: unknown): void {
    if (typeof codec === 'string' && codec.length <= MAX_CODEC) this.#codecs.set(flow, codec);
  }

  deliver(outputs: readonly ReceiverOutput[], why: KeyRequestReason = KeyRequestReason.gap): void {
    const sink = this.#sink;
    for (const output of outputs) {
      if (output.type === 'keyRequest')
        this.#options.requestKey(output.flow, output.lastDecoded, why);
      else if (output.type === 'unused') this.#options.unused(output);
      else if (sink === undefined) this.#keepEarly(output);
      else if (output.type === 'video') sink.video(output.received, this.#codecOf(output));
      else if (output.type === 'audio') sink.audio(output.received, output.missing);
      else if (output.kind === 'cursor') sink.cursor(output.received.message.payload);
    }
  }

  #codecOf({ flow, received }: Extract<ReceiverOutput, { type: 'video' }>): string {
    const changed = readStreamCodec(received.message.header.extensions);
    return changed ?? this.#codecs.get(flow) ?? USUAL_CODEC;
  }

  #keepEarly(output: ReceiverOutput): void {
    const sounds = this.#early.filter(({ type }) => type === 'audio');
    if (output.type === 'audio' && sounds.length >= MAX_EARLY_SOUND)
      this.#early = this.#early.filter((early) => early !== sounds[0]);
    if (this.#early.length < MAX_EARLY) this.#early.push(output);
    else this.#options.overflow(`early messages: expected at most ${MAX_EARLY}`);
  }
}
