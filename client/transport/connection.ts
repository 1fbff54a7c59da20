import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { Hello, HelloAck } from '../../protocol/control/hello.ts';
import type { SettingsUnit, StreamFacts } from '../../protocol/control/stream.ts';
import type { RoleName } from '../../protocol/control/role.ts';
import type { RateUnit, ReportValues } from '../../protocol/control/report.ts';
import { ProtocolError, SessionCode } from '../../protocol/errors.ts';
import type { InputEvent } from '../../protocol/input.ts';
import { sendingMode } from '../../protocol/stream-settings.ts';
import { micros, millisToMicros } from '../../protocol/time.ts';
import { localMicros } from '../local-time.ts';
import type { ClockSync } from '../receive/clock-sync.ts';
import type { ReceiverCounters } from '../receive/receiver.ts';
import { ClipboardChannel } from './clipboard-channel.ts';
import type { ConnectionSink } from './delivery.ts';
import { Heartbeat } from './heartbeat.ts';
import { InputChannel } from './input-channel.ts';
import { MediaIntake } from './media-intake.ts';
import { RequestChannel } from './request-channel.ts';
import { BROKEN, type ClientTransport, type TransportEnd } from './transport.ts';

/** Time between looks at the clock, holes and silence, ms. */
const TICK_MS = 100;

/** Time between reports until ACK_CFG says otherwise, ms. */
const DEFAULT_REPORT_MS = 50;

/**
 * One connection to the server from HELLO to its end: it keeps the clock, repeats input, notices silence, and gives every unit to whom it
 * concerns. What comes on its flows is the concern of its intake. It owns its transport.
 */
export class Connection {
  /** Resolves with HELLO_ACK; rejects when the connection ends before it. */
  readonly ready: Promise<HelloAck>;
  readonly ended: Promise<TransportEnd>;
  readonly transport: ClientTransport;
  /** Requests of the HTTP API by this connection. */
  readonly requests: RequestChannel;
  readonly clipboard: ClipboardChannel;
  readonly #media: MediaIntake;
  readonly #input: InputChannel;
  readonly #heartbeat: Heartbeat;
  readonly #tickTimer: ReturnType<typeof setInterval>;
  #isEnded = false;
  #role: RoleName | undefined;
  #rate: RateUnit | undefined;
  #stream: StreamFacts | undefined;
  #resolveReady: (ack: HelloAck) => void = () => undefined;
  #endWith: (end: TransportEnd) => void = () => undefined;
  receivedBytes = 0;

  constructor(transport: ClientTransport, hello: Hello) {
    this.transport = transport;
    this.requests = new RequestChannel((unit) => transport.sendControl(unit));
    this.#heartbeat = new Heartbeat({
      now: localMicros(),
      send: (unit) => transport.sendControl(unit),
      onClock: (offset) => this.#media.sink?.clock(offset),
    });
    this.#media = new MediaIntake({
      transport,
      clock: this.#heartbeat.clock,
      onOverflow: (message) => this.close(SessionCode.limit, message),
    });
    this.#input = new InputChannel(transport, (local) => this.#heartbeat.sessionStamp(local));
    this.clipboard = new ClipboardChannel({
      transport,
      sessionTime: (local) => ({
        stamp: this.#heartbeat.sessionStamp(local),
        now: micros(Math.max(0, Math.round(local + (this.#heartbeat.offset ?? 0)))),
      }),
    });
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
      message: (message, receivedAt, begunAt) => {
        if (!this.clipboard.message(message)) this.#media.came(message, receivedAt, begunAt);
      },
      received: (bytes) => {
        this.receivedBytes += bytes;
        this.#heartbeat.heard(localMicros());
      },
      pictured: () => this.#media.pictured(),
    });
    this.#tickTimer = setInterval(() => this.#tick(), TICK_MS);
    transport.sendControl({ type: 'hello', hello });
  }

  /** Begins delivery; what came since HELLO_ACK is delivered first. */
  attach(sink: ConnectionSink): void {
    this.#media.attach(sink);
    const { offset } = this.#heartbeat;
    if (offset !== undefined) sink.clock(offset);
    if (this.#stream !== undefined) sink.stream(this.#stream);
    this.#media.flush();
  }

  /** Resolves when a picture can be shown: a keyframe has come and the clocks were compared. Before `attach`. */
  decodable(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(signal.reason as Error);
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      void this.ended.then((end) => reject(new ConnectionRefusedError(end)));
      void this.#media.decodable.then(resolve);
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
    this.#media.loseDecoder();
  }

  /** The decoder made nothing of a picture that came whole. */
  reportUndecoded(seq: number, why: 'expired' | 'undecodable'): void {
    this.#media.undecoded(seq, why);
  }

  /** Sets what the next reports say about decoding and showing. */
  setReportValues(values: ReportValues): void {
    this.#media.setReportValues(values);
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
    return this.#media.counters;
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

  #onControl(unit: ControlUnit): void {
    const now = localMicros();
    switch (unit.type) {
      case 'helloAck':
        this.#heartbeat.begin(unit.helloAck.clock, now);
        this.#media.reportEvery(DEFAULT_REPORT_MS);
        this.#role = unit.helloAck.role;
        this.requests.begin(unit.helloAck.requests);
        this.clipboard.begin(unit.helloAck);
        this.#resolveReady(unit.helloAck);
        break;
      case 'role':
        this.#role = unit.role;
        this.#media.sink?.role(unit.role);
        break;
      case 'move':
        this.#media.sink?.move(unit);
        break;
      case 'stream':
        this.#stream = unit.stream;
        this.#media.setVideoBudget(millisToMicros(sendingMode(unit.stream.settings).videoBudget));
        this.#media.sink?.stream(unit.stream);
        break;
      case 'flowOpen':
        if (!this.clipboard.take(unit)) this.#media.opened(unit, now);
        break;
      case 'flowClose':
        if (!this.clipboard.take(unit)) this.#media.closed(unit.flow);
        break;
      case 'flowAccept':
      case 'credit':
        this.clipboard.take(unit);
        break;
      case 'abandon':
        this.#media.abandoned(unit, now);
        break;
      case 'pong':
        this.#heartbeat.answered(unit, now);
        this.#media.checkDecodable();
        break;
      case 'ping':
        this.#heartbeat.answer(unit, now);
        break;
      case 'inputAck':
        this.#input.acknowledge(unit.cumulative);
        break;
      case 'ackConfig':
        this.#media.reportEvery(unit.reportInterval);
        break;
      case 'error':
        // An error of one flow is not the end of the session.
        if (unit.ref === 0) this.#endByServer({ code: unit.code, reason: unit.message });
        break;
      case 'response':
      case 'body':
        this.requests.take(unit);
        break;
      case 'rate':
        this.#rate = unit;
        break;
      case 'goaway':
        this.#media.sink?.goaway(unit);
        break;
      // These have no use here yet.
      case 'revise':
      case 'flowUpdate':
      case 'keyRequest':
      case 'ack':
      case 'report':
        break;
      // Only a client sends these.
      case 'auth':
      case 'hello':
      case 'settings':
      case 'input':
      case 'request':
        throw new ProtocolError('E_STATE', `unit: expected one of a server, got ${unit.type}`);
    }
  }

  #tick(): void {
    const now = localMicros();
    this.#media.tick(now);
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
    this.#media.close();
    this.#input.close();
    this.requests.close();
    this.clipboard.close();
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
