import { protocolVersion, type Hello } from '../protocol/control/hello.ts';
import { SessionCode } from '../protocol/errors.ts';
import type { LatencyModeName } from '../protocol/latency-mode.ts';
import { requestTicket, SessionApiError, type ConnectionTicket } from './session-api.ts';
import { Backoff } from './transport/backoff.ts';
import { Connection, ConnectionRefusedError } from './transport/connection.ts';
import { race, RaceLostError, type Entrant } from './transport/race.ts';
import {
  BROKEN,
  type Connector,
  type TransportEnd,
  type TransportKind,
} from './transport/transport.ts';
import { webSocketConnector } from './transport/websocket.ts';
import { hasWebTransport, webTransportConnector } from './transport/webtransport.ts';
import type { PlayerState } from './worker-messages.ts';

export interface SessionLinkOptions {
  readonly page: URL;
  readonly mode: LatencyModeName;
  readonly pinned: TransportKind | undefined;
  readonly lastWinner: TransportKind | undefined;
  readonly video: readonly string[];
  readonly audio: readonly string[];
  onState(state: PlayerState): void;
  /** A connection is live; it ends by itself or by `close`. */
  onConnection(connection: Connection, kind: TransportKind): void;
}

/** Head start of WebTransport over WebSocket, ms (docs/protocol.md, negotiation). */
const HEAD_START_MS = 250;

/** Time for the tickets and for the race, ms; a dead network must not hold up the next attempt. */
const TICKET_TIMEOUT_MS = 3000;
const RACE_TIMEOUT_MS = 6000;

/** A connection that stood this long was good: the next cut starts with short waits, ms. */
const STABLE_AFTER_MS = 5000;

/**
 * Keeps a session connected: tickets, the race of the transports, and again after every cut, until the server or the user
 * ends it.
 */
export class SessionLink {
  readonly #options: SessionLinkOptions;
  readonly #backoff = new Backoff();
  readonly #closed = new AbortController();
  #preferred: TransportKind | undefined;
  #resume: string | undefined;
  #hasBeenLive = false;
  #connection: Connection | undefined;
  #hasten: () => void = () => undefined;

  constructor(options: SessionLinkOptions) {
    this.#options = options;
    this.#preferred = options.lastWinner;
  }

  /** Resolves when the session is over; every way to get there was told by onState. */
  async run(): Promise<void> {
    let goesOn = true;
    while (goesOn && !this.#closed.signal.aborted) {
      this.#options.onState({ phase: this.#hasBeenLive ? 'reconnecting' : 'connecting' });
      goesOn = await this.#once();
    }
  }

  /** Something says that the network is back: try at once. */
  hasten(): void {
    this.#backoff.reset();
    this.#hasten();
  }

  close(): void {
    this.#closed.abort();
    this.#connection?.close(SessionCode.ok, 'closed by the user');
    this.#hasten();
  }

  /** One attempt and the life of its connection; false when the session is over. */
  async #once(): Promise<boolean> {
    try {
      const ticket = await this.#withTimeout(TICKET_TIMEOUT_MS, (signal) =>
        requestTicket(this.#options.page, signal),
      );
      const { connection, kind } = await this.#withTimeout(RACE_TIMEOUT_MS, (signal) =>
        race(this.#entrants(ticket), { signal, wait }),
      );
      return await this.#live(connection, kind);
    } catch (error) {
      if (this.#closed.signal.aborted) return false;
      const final = finalState(error);
      if (final !== undefined) {
        this.#options.onState(final);
        return false;
      }
      const message = error instanceof Error ? error.message : String(error);
      await this.#pause(message, error instanceof SessionApiError ? error.retryAfterMs : undefined);
      return true;
    }
  }

  async #live(connection: Connection, kind: TransportKind): Promise<boolean> {
    const ack = await connection.ready;
    const since = performance.now();
    this.#connection = connection;
    this.#resume = ack.resume;
    this.#hasBeenLive = true;
    const { session, mayControl, desktop } = ack;
    this.#options.onConnection(connection, kind);
    // ROLE may have come since HELLO_ACK.
    const role = connection.role ?? ack.role;
    const state = { transport: kind, connection: session, role, mayControl, desktop };
    this.#options.onState({ phase: 'live', ...state });
    const end = await connection.ended;
    this.#connection = undefined;
    if (this.#closed.signal.aborted) return false;
    const final = stateAfter(end);
    if (final !== undefined) {
      this.#options.onState(final);
      return false;
    }
    // UDP that went silent once is likely to stay so: WebSocket starts beside it at once next time.
    this.#preferred = end.code === BROKEN && kind === 'webtransport' ? 'websocket' : kind;
    if (performance.now() - since > STABLE_AFTER_MS) this.#backoff.reset();
    await this.#pause(end.reason, undefined);
    return true;
  }

  #entrants(ticket: ConnectionTicket): Entrant<Connection>[] {
    const { pinned } = this.#options;
    const entrants: Entrant<Connection>[] = [];
    const { webTransport } = ticket;
    if (webTransport !== undefined && pinned !== 'websocket' && hasWebTransport()) {
      const connect = webTransportConnector(webTransport.url, webTransport.certificateHashes);
      entrants.push(this.#entrant('webtransport', 0, connect));
    }
    if (pinned !== 'webtransport') {
      const isFirst = entrants.length === 0 || this.#preferred === 'websocket';
      const connect = webSocketConnector(ticket.webSocketUrl, ticket.webSocketTicket);
      entrants.push(this.#entrant('websocket', isFirst ? 0 : HEAD_START_MS, connect));
    }
    return entrants;
  }

  #entrant(kind: TransportKind, delayMs: number, connector: Connector): Entrant<Connection> {
    return {
      kind,
      delayMs,
      connect: async (signal) => {
        const transport = await connector(signal);
        const connection = new Connection(transport, this.#hello());
        const giveUp = (): void => connection.close(SessionCode.ok, 'another transport was faster');
        signal.addEventListener('abort', giveUp, { once: true });
        try {
          await connection.ready;
          return connection;
        } finally {
          signal.removeEventListener('abort', giveUp);
        }
      },
      discard: (connection) => connection.close(SessionCode.ok, 'another transport was faster'),
    };
  }

  #hello(): Hello {
    const { video, audio, mode } = this.#options;
    const resume = this.#resume;
    return {
      versions: [protocolVersion],
      video,
      audio,
      mode,
      ...(resume === undefined ? {} : { resume }),
    };
  }

  async #pause(message: string, atLeastMs: number | undefined): Promise<void> {
    this.#options.onState({ phase: this.#hasBeenLive ? 'reconnecting' : 'connecting', message });
    const pause = new AbortController();
    this.#hasten = () => pause.abort();
    await wait(this.#backoff.next(Math.random(), atLeastMs), pause.signal);
    this.#hasten = () => undefined;
  }

  async #withTimeout<Value>(
    timeoutMs: number,
    action: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    return action(AbortSignal.any([this.#closed.signal, AbortSignal.timeout(timeoutMs)]));
  }
}

/** What the page shows when an attempt failed for good; undefined when the next one may succeed. */
function finalState(error: unknown): PlayerState | undefined {
  if (error instanceof SessionApiError && error.code === 'unauthorized') {
    return { phase: 'refused', message: 'The login is no longer valid.' };
  }
  if (!(error instanceof RaceLostError)) return undefined;
  for (const { cause } of error.failures) {
    const final = cause instanceof ConnectionRefusedError ? stateAfter(cause.end) : undefined;
    if (final !== undefined) return final;
  }
  return undefined;
}

/** What the page shows after an end that no reconnect can mend; undefined for the others. */
function stateAfter({ code, reason }: TransportEnd): PlayerState | undefined {
  switch (code) {
    case SessionCode.ok:
      return { phase: 'ended', message: reason === '' ? 'The session has ended.' : reason };
    case SessionCode.superseded:
      return { phase: 'ended', message: 'This desktop was opened in another tab.' };
    case SessionCode.version:
      return { phase: 'refused', message: 'This page is out of date. Reload it.' };
    default:
      return undefined;
  }
}

/** Resolves after a time, or at once when `signal` aborts. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
