import { protocolVersion, type Hello } from '../protocol/control/hello.ts';
import type { MoveUnit } from '../protocol/control/move.ts';
import { SessionCode } from '../protocol/errors.ts';
import type { StreamChange } from '../protocol/stream-settings.ts';
import type { PlayerState } from './network/network-messages.ts';
import { requestTicket, SessionApiError, type ConnectionTicket } from './session-api.ts';
import { finalState, stateAfter } from './session-end.ts';
import { Backoff } from './transport/backoff.ts';
import { Connection } from './transport/connection.ts';
import {
  Moves,
  type Aim,
  type Carrier,
  type TransportChoice,
  type TransportMove,
} from './transport/moves.ts';
import { race, type Entrant, type RaceResult } from './transport/race.ts';
import { BROKEN, type TransportEnd, type TransportKind } from './transport/transport.ts';
import { waysOf, type Way } from './transport/ways.ts';
import { hasWebTransport } from './transport/webtransport.ts';
import type { OpenPeer } from './webrtc/peer-transport.ts';

/** Codec strings, the best first. */
export interface CodecOffer {
  readonly video: readonly string[];
  readonly audio: readonly string[];
  /** Whether they may come on tracks of WebRTC when the gateway advises it. */
  readonly takesTracks: boolean;
}

export interface SessionLinkOptions {
  readonly page: URL;
  readonly choice: TransportChoice;
  /** What the user has chosen as it stands: each connection says the mode in HELLO. */
  chosen(): StreamChange;
  /** Pause before a session on its second-best transport tries the best one again, ms; absent = 30 s. */
  readonly upgradePauseMs?: number | undefined;
  readonly lastWinner: TransportKind | undefined;
  /** Whether the picture comes on a track of WebRTC at first; see `carry`. */
  readonly byTracks: boolean;
  /** What this browser plays, as each connection says in HELLO. */
  offer(): CodecOffer;
  readonly openPeer: OpenPeer;
  /** WebRTC was wanted and cannot be had, in one sentence; it is tried again until it is not wanted any more. */
  onTracksFailed(why: string): void;
  /** See MovesOptions. */
  onTracksAdvised(isOn: boolean): void;
  onState(state: PlayerState): void;
  /**
   * A connection is live; it ends by itself or by `close`. With `previous` the session moves, and what came over that one goes
   * on without a break.
   */
  onConnection(connection: Connection, kind: TransportKind, previous?: Connection): void;
  /** The transport has changed, or was to change and could not. */
  onMove(move: TransportMove): void;
}

/** Why the rung of WebRTC is left when no connection came about. */
const WITHOUT_CONNECTION = 'No WebRTC connection came about.';

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
  /** Ends the race that is being run. */
  #attempt = new AbortController();
  #preferred: TransportKind | undefined;
  #resume: string | undefined;
  #hasBeenLive = false;
  /** Why the server ended the last connection, where it said so: what fails after that only follows from it. */
  #told: string | undefined;
  /** GOAWAY's words, should the close itself get lost. */
  #announced: string | undefined;
  readonly #moves: Moves;
  #carrier: Carrier | undefined;
  #lastTicket: ConnectionTicket | undefined;
  #hasten: () => void = () => undefined;

  constructor(options: SessionLinkOptions) {
    this.#options = options;
    this.#preferred = options.lastWinner;
    this.#moves = new Moves({
      choice: options.choice,
      byTracks: options.byTracks,
      upgradePauseMs: options.upgradePauseMs,
      isOffered: (kind) => this.#reachable.includes(kind),
      connect: (kind, from, signal) => this.#connectBeside(kind, from, signal),
      onSwitch: (next, previous) => this.#switch(next, previous),
      onMove: (move) => options.onMove(move),
      onTracksFailed: (why) => options.onTracksFailed(why),
      onTracksAdvised: (isOn) => options.onTracksAdvised(isOn),
    });
  }

  /** Brings pictures and sound on tracks of WebRTC from now on, or by the chosen transport again; moves a live session there. */
  carry(byTracks: boolean): void {
    if ((this.#moves.aim === 'webrtc') === byTracks) return;
    void this.#moves.carry(byTracks);
    // What was being tried without a session to move is not wanted any more.
    this.#attempt.abort();
    this.hasten();
  }

  /** The user's choice of the transport; resolves with whether it holds. */
  choose(choice: TransportChoice): Promise<boolean> {
    return this.#moves.choose(choice);
  }

  /** MOVE of the server. */
  moveAsked(unit: MoveUnit): void {
    this.#moves.asked(unit);
  }

  /** GOAWAY of the server; an empty message takes it back. */
  endAnnounced(message: string): void {
    this.#announced = message === '' ? undefined : message;
  }

  /** Resolves when the session is over; every way to get there was told by onState. */
  async run(): Promise<void> {
    let goesOn = true;
    while (goesOn && !this.#closed.signal.aborted) {
      this.#connecting(undefined);
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
    this.#moves.close();
    this.#carrier?.connection.close(SessionCode.ok, 'closed by the user');
    this.#hasten();
  }

  /** One attempt and the life of its connection; false when the session is over. */
  async #once(): Promise<boolean> {
    this.#attempt = new AbortController();
    const { signal: stopped } = this.#attempt;
    try {
      const ticket = await this.#withTimeout(TICKET_TIMEOUT_MS, (signal) => this.#ticket(signal));
      const { connection, kind } = await this.#race(ticket, stopped);
      return await this.#live(connection, kind);
    } catch (error) {
      if (this.#closed.signal.aborted) return false;
      if (stopped.aborted) return true;
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

  async #race(ticket: ConnectionTicket, stopped: AbortSignal): Promise<RaceResult<Connection>> {
    const { aim } = this.#moves;
    try {
      return await this.#withTimeout(RACE_TIMEOUT_MS, (signal) =>
        race(this.#entrants(ticket, aim), { signal: AbortSignal.any([signal, stopped]), wait }),
      );
    } catch (error) {
      const isGivenUp = stopped.aborted || this.#closed.signal.aborted;
      if (aim === 'webrtc' && !isGivenUp) this.#options.onTracksFailed(WITHOUT_CONNECTION);
      throw error;
    }
  }

  async #live(first: Connection, kind: TransportKind): Promise<boolean> {
    const ack = await first.ready;
    const since = performance.now();
    this.#carrier = { connection: first, kind, session: ack.session };
    this.#hasBeenLive = true;
    this.#told = undefined;
    this.#options.onConnection(first, kind);
    await this.#show(this.#carrier);
    this.#moves.begin(this.#carrier);
    const { end, carrier } = await this.#carried(this.#carrier);
    this.#carrier = undefined;
    this.#moves.end();
    if (this.#closed.signal.aborted) return false;
    const final = stateAfter(end);
    if (final !== undefined) {
      this.#options.onState(final);
      return false;
    }
    // UDP that went silent once is likely to stay so: WebSocket starts beside it at once next time.
    const isSilenced = end.code === BROKEN && carrier.kind === 'webtransport';
    this.#preferred = isSilenced ? 'websocket' : carrier.kind;
    this.#told = end.code === SessionCode.shutdown ? end.reason : this.#announced;
    this.#announced = undefined;
    if (performance.now() - since > STABLE_AFTER_MS) this.#backoff.reset();
    await this.#pause(end.reason, undefined);
    return true;
  }

  /** The end of the last of the connections that carried a session; a move under way may still save it when one breaks. */
  async #carried(carrier: Carrier): Promise<{ readonly end: TransportEnd; carrier: Carrier }> {
    const end = await carrier.connection.ended;
    if (stateAfter(end) === undefined) await this.#moves.running;
    const next = this.#carrier;
    return next === undefined || next === carrier ? { end, carrier } : this.#carried(next);
  }

  /** Tells the page what carries the session. */
  async #show({ connection, kind }: Carrier): Promise<void> {
    const ack = await connection.ready;
    this.#resume = ack.resume;
    const { session, mayControl, desktop } = ack;
    // ROLE may have come since HELLO_ACK.
    const role = connection.role ?? ack.role;
    const state = { transport: kind, connection: session, role, mayControl, desktop };
    this.#options.onState({ phase: 'live', ...state });
  }

  #switch(next: Carrier, { connection: previous }: Carrier): void {
    this.#carrier = next;
    this.#options.onConnection(next.connection, next.kind, previous);
    previous.close(SessionCode.ok, 'moved to another transport');
    void this.#show(next);
  }

  /** Fails where the server does not know `from` any more: what that one did not deliver would be lost or come twice. */
  async #connectBeside(kind: TransportKind, from: Carrier, signal: AbortSignal): Promise<Carrier> {
    const ticket = await this.#ticket(signal);
    const entrant = this.#entrants(ticket, kind, from.session).find((one) => one.kind === kind);
    if (entrant === undefined) throw new Error(`${kind} is not offered`);
    const connection = await entrant.connect(signal);
    const ack = await connection.ready;
    if (ack.input !== undefined) return { connection, kind, session: ack.session };
    connection.close(SessionCode.ok, 'the older connection is gone');
    throw new Error('the gateway does not know the older connection any more');
  }

  async #ticket(signal: AbortSignal): Promise<ConnectionTicket> {
    const ticket = await requestTicket(this.#options.page, signal);
    this.#lastTicket = ticket;
    return ticket;
  }

  /** @param move `session` of the connection that is replaced */
  #entrants(ticket: ConnectionTicket, choice: Aim, move?: string): Entrant<Connection>[] {
    const { openPeer } = this.#options;
    const ways = waysOf(ticket, { choice, preferred: this.#preferred, openPeer });
    return ways.map((way) => this.#entrant(way, move));
  }

  #entrant({ kind, delayMs, connect }: Way, move: string | undefined): Entrant<Connection> {
    return {
      kind,
      delayMs,
      connect: async (signal) => {
        const transport = await connect(signal);
        const connection = new Connection(transport, this.#hello(move));
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

  #hello(move: string | undefined): Hello {
    const { video, audio } = this.#options.offer();
    const transports = this.#reachable;
    const { mode } = this.#options.chosen();
    const resume = this.#resume;
    return {
      versions: [protocolVersion],
      video,
      audio,
      transports,
      // The server knows a custom mode by its values only, which SETTINGS brings.
      ...(mode === undefined || mode === 'custom' ? {} : { mode }),
      ...(move !== undefined || resume === undefined ? {} : { resume }),
      ...(move === undefined ? {} : { move }),
      ...(this.#moves.isPinned ? { pinned: true } : {}),
    };
  }

  /** What both ends have. */
  get #reachable(): readonly TransportKind[] {
    const { webTransport, webRtc } = this.#lastTicket ?? {};
    const { takesTracks } = this.#options.offer();
    const kinds: TransportKind[] = ['websocket'];
    if (webTransport !== undefined && hasWebTransport()) kinds.unshift('webtransport');
    if (webRtc !== undefined && takesTracks) kinds.push('webrtc');
    return kinds;
  }

  async #pause(message: string, atLeastMs: number | undefined): Promise<void> {
    this.#connecting(message);
    const pause = new AbortController();
    this.#hasten = () => pause.abort();
    await wait(this.#backoff.next(Math.random(), atLeastMs), pause.signal);
    this.#hasten = () => undefined;
  }

  /** `message` is what failed last, if anything did. */
  #connecting(message: string | undefined): void {
    const phase = this.#hasBeenLive ? 'reconnecting' : 'connecting';
    const why = this.#told ?? message;
    this.#options.onState(why === undefined ? { phase } : { phase, message: why });
  }

  async #withTimeout<Value>(
    timeoutMs: number,
    action: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    return action(AbortSignal.any([this.#closed.signal, AbortSignal.timeout(timeoutMs)]));
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
