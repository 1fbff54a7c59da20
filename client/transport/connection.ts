import { KeyRequestReason } from '../../protocol/control/abandon.ts';
import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { Hello, HelloAck } from '../../protocol/control/hello.ts';
import type { SettingsUnit, StreamFacts } from '../../protocol/control/stream.ts';
import type { RoleName } from '../../protocol/control/role.ts';
import type { RateUnit, ReportValues } from '../../protocol/control/report.ts';
import { ProtocolError, SessionCode } from '../../protocol/errors.ts';
import { sequence, type FlowId, type FlowKindName } from '../../protocol/flow.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import type { InputEvent } from '../../protocol/input.ts';
import { sendingMode } from '../../protocol/stream-settings.ts';
import { millisToMicros } from '../../protocol/time.ts';
import { localMicros } from '../local-time.ts';
import type { ClockSync } from '../receive/clock-sync.ts';
import { Receiver, type ReceiverCounters, type ReceiverOutput } from '../receive/receiver.ts';
import { Delivery, type ConnectionSink } from './delivery.ts';
import { Heartbeat } from './heartbeat.ts';
import { InputChannel } from './input-channel.ts';
import { ReportChannel } from './report-channel.ts';
import { BROKEN, type ClientTransport, type TransportEnd } from './transport.ts';

/** Time between looks at the clock, holes and silence, ms. */
const TICK_MS = 100;

/** Time between reports until ACK_CFG says otherwise, ms. */
const DEFAULT_REPORT_MS = 50;

/** FLOW_ACCEPT `credit` of flows that deadlines bound instead of credit. */
const NO_CREDIT_LIMIT = 0;

/**
 * One connection to the server from HELLO to its end: it keeps the clock, puts messages in order, asks for keyframes, reports,
 * repeats input and notices silence. It owns its transport.
 */
export class Connection {
  /** Resolves with HELLO_ACK; rejects when the connection ends before it. */
  readonly ready: Promise<HelloAck>;
  readonly ended: Promise<TransportEnd>;
  readonly transport: ClientTransport;
  readonly #receiver: Receiver;
  readonly #reports: ReportChannel;
  readonly #input: InputChannel;
  readonly #heartbeat: Heartbeat;
  readonly #tickTimer: ReturnType<typeof setInterval>;
  readonly #delivery: Delivery;
  #isEnded = false;
  /** A picture came on a track. */
  #isPictured = false;
  #role: RoleName | undefined;
  #rate: RateUnit | undefined;
  #stream: StreamFacts | undefined;
  #resolveReady: (ack: HelloAck) => void = () => undefined;
  #endWith: (end: TransportEnd) => void = () => undefined;
  #resolveDecodable: () => void = () => undefined;
  readonly #decodable = new Promise<void>((resolve) => {
    this.#resolveDecodable = resolve;
  });
  receivedBytes = 0;

  constructor(transport: ClientTransport, hello: Hello) {
    this.transport = transport;
    this.#receiver = new Receiver({ inOrder: !transport.isLossy });
    this.#delivery = new Delivery({
      requestKey: (flow, lastDecoded, why) => this.#requestKey(flow, lastDecoded, why),
      unused: (output) => this.#reports.unused(output),
      overflow: (message) => this.close(SessionCode.limit, message),
    });
    this.#reports = new ReportChannel(this.#receiver, (unit) => transport.sendControl(unit));
    this.#heartbeat = new Heartbeat({
      now: localMicros(),
      send: (unit) => transport.sendControl(unit),
      onClock: (offset) => this.#delivery.sink?.clock(offset),
    });
    this.#input = new InputChannel(transport, (local) => this.#heartbeat.sessionStamp(local));
    this.ended = new Promise((resolve) => {
      this.#endWith = resolve;
    });
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      void this.ended.then((end) => reject(new ConnectionRefusedError(end)));
    });
    this.ready.catch(() => undefined);
    void transport.ended.then((end) => this.#end(end));
    transport.start({
      control: (unit) => this.#onControl(unit),
      message: (message, receivedAt, begunAt) => this.#onMessage(message, receivedAt, begunAt),
      received: (bytes) => {
        this.receivedBytes += bytes;
        this.#heartbeat.heard(localMicros());
      },
      pictured: () => {
        this.#isPictured = true;
        this.#checkDecodable();
      },
    });
    this.#tickTimer = setInterval(() => this.#tick(), TICK_MS);
    transport.sendControl({ type: 'hello', hello });
  }

  /** Begins delivery; what came since HELLO_ACK is delivered first. */
  attach(sink: ConnectionSink): void {
    this.#delivery.attach(sink);
    const { offset } = this.#heartbeat;
    if (offset !== undefined) sink.clock(offset);
    if (this.#stream !== undefined) sink.stream(this.#stream);
    this.#delivery.flush();
  }

  /** Resolves when a picture can be shown: a keyframe has come and the clocks were compared. Before `attach`. */
  decodable(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(signal.reason as Error);
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      void this.ended.then((end) => reject(new ConnectionRefusedError(end)));
      void this.#decodable.then(resolve);
    });
  }

  /** Takes over the input of the connection from which the session moves; that one sends no more. */
  continueInput(from: Connection): void {
    this.#input.adopt(from.#input.release());
  }

  /** For how long a ping has been out without any sign of the server, µs of local time. */
  unansweredFor(now: number): number {
    return this.#heartbeat.unansweredFor(now);
  }

  sendInput(events: readonly InputEvent[]): void {
    this.#input.send(events);
  }

  /** Asks for other settings; `sink.stream` brings the answer. */
  sendSettings(unit: SettingsUnit): void {
    this.transport.sendControl(unit);
  }

  /** The video decoder failed and waits for a keyframe. */
  loseDecoder(): void {
    this.#deliver(
      this.#receiver.loseDecoder(localMicros(), this.#rtt),
      KeyRequestReason.decodeError,
    );
  }

  /** The decoder made nothing of a picture that came whole. */
  reportUndecoded(seq: number, why: 'expired' | 'undecodable'): void {
    this.#reports.undecoded(seq, why);
  }

  /** Sets what the next reports say about decoding and showing. */
  setReportValues(values: ReportValues): void {
    this.#reports.values = values;
  }

  /** What the server said last; undefined before HELLO_ACK. */
  get role(): RoleName | undefined {
    return this.#role;
  }

  /** What the server said last of the link and its aim; undefined until it did. */
  get rate(): RateUnit | undefined {
    return this.#rate;
  }

  get counters(): ReceiverCounters {
    return this.#receiver.counters;
  }

  get clock(): ClockSync {
    return this.#heartbeat.clock;
  }

  get unacknowledgedInput(): number {
    return this.#input.unacknowledged;
  }

  /** Idempotent. */
  close(code: SessionCode, reason: string): void {
    if (this.#isEnded) return;
    this.transport.close(code, reason);
    this.#end({ code, reason });
  }

  get #rtt(): number {
    return this.#heartbeat.clock.smoothedRtt ?? 0;
  }

  #onControl(unit: ControlUnit): void {
    const now = localMicros();
    switch (unit.type) {
      case 'helloAck':
        this.#heartbeat.begin(unit.helloAck.clock, now);
        this.#report(DEFAULT_REPORT_MS);
        this.#role = unit.helloAck.role;
        this.#resolveReady(unit.helloAck);
        break;
      case 'role':
        this.#role = unit.role;
        this.#delivery.sink?.role(unit.role);
        break;
      case 'move':
        this.#delivery.sink?.move(unit);
        break;
      case 'stream':
        this.#stream = unit.stream;
        this.#receiver.setVideoBudget(
          millisToMicros(sendingMode(unit.stream.settings).videoBudget),
        );
        this.#delivery.sink?.stream(unit.stream);
        break;
      case 'flowOpen':
        this.transport.sendControl({
          type: 'flowAccept',
          flow: unit.flow,
          credit: NO_CREDIT_LIMIT,
        });
        this.#delivery.noteCodec(unit.flow, unit.metadata['codec']);
        if (!this.#isOnTrack(unit.kind))
          this.#deliver(this.#receiver.open(unit.flow, unit.kind, now, this.#rtt));
        break;
      case 'flowClose':
        this.#receiver.close(unit.flow);
        break;
      case 'abandon':
        this.#reports.abandoned(unit);
        this.#deliver(this.#receiver.abandon(unit, now, this.#rtt));
        break;
      case 'pong':
        this.#heartbeat.answered(unit, now);
        this.#checkDecodable();
        break;
      case 'ping':
        this.#heartbeat.answer(unit, now);
        break;
      case 'inputAck':
        this.#input.acknowledge(unit.cumulative);
        break;
      case 'ackConfig':
        this.#report(unit.reportInterval);
        break;
      case 'error':
        // An error of one flow is not the end of the session.
        if (unit.ref === 0) this.#endByServer({ code: unit.code, reason: unit.message });
        break;
      case 'rate':
        this.#rate = unit;
        break;
      case 'goaway':
        this.#delivery.sink?.goaway(unit);
        break;
      // These have no use here yet.
      case 'revise':
      case 'flowAccept':
      case 'flowUpdate':
      case 'credit':
      case 'keyRequest':
      case 'ack':
      case 'report':
        break;
      // Only a client sends these.
      case 'auth':
      case 'hello':
      case 'settings':
      case 'input':
        throw new ProtocolError('E_STATE', `unit: expected one of a server, got ${unit.type}`);
    }
  }

  /** Messages of such a flow never come here: nothing is missed, and the browser's receiver asks for keyframes. */
  #isOnTrack(kind: FlowKindName): boolean {
    return this.transport.hasTracks === true && (kind === 'video' || kind === 'audio');
  }

  /** Of what comes on tracks the browser's receiver reports. */
  #report(everyMs: number): void {
    if (this.transport.hasTracks !== true) this.#reports.start(everyMs);
  }

  #onMessage(message: CompleteMessage, receivedAt: number, begunAt: number): void {
    const received = { message, begunAt, receivedAt };
    const outputs = this.#receiver.push(received, receivedAt, this.#rtt);
    this.#reports.came(received, outputs);
    this.#deliver(outputs);
  }

  #deliver(outputs: readonly ReceiverOutput[], why?: KeyRequestReason): void {
    this.#delivery.deliver(outputs, why);
    this.#checkDecodable();
  }

  #checkDecodable(): void {
    const hasPicture = this.#isPictured || this.#delivery.hasPicture;
    if (hasPicture && this.clock.offset !== undefined) this.#resolveDecodable();
  }

  #requestKey(flow: FlowId, lastDecoded: number | undefined, why: KeyRequestReason): void {
    const isStart = lastDecoded === undefined;
    this.transport.sendControl({
      type: 'keyRequest',
      flow,
      lastDecoded: isStart ? undefined : sequence(lastDecoded),
      reason: isStart ? KeyRequestReason.start : why,
    });
  }

  #tick(): void {
    const now = localMicros();
    this.#deliver(this.#receiver.tick(now, this.#rtt));
    this.#heartbeat.tick(now);
    if (this.#heartbeat.isLost(now)) {
      this.transport.close(SessionCode.timeout, 'no sign of the server');
      this.#end({ code: BROKEN, reason: 'the server went silent' });
    }
  }

  #endByServer(end: TransportEnd): void {
    this.transport.close(SessionCode.ok, 'as you say');
    this.#end(end);
  }

  #end(end: TransportEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#tickTimer);
    this.#reports.close();
    this.#input.close();
    this.#endWith(end);
  }
}

/** The connection ended before HELLO_ACK. */
export class ConnectionRefusedError extends Error {
  override readonly name = 'ConnectionRefusedError';
  readonly end: TransportEnd;

  constructor(end: TransportEnd) {
    super(`connection ended with ${end.code} before HELLO_ACK: ${end.reason}`);
    this.end = end;
  }
}
