import type { MoveUnit } from '../protocol/control/move.ts';
import { SessionCode } from '../protocol/errors.ts';
import type { PlayerState } from './network/network-messages.ts';
import { SessionApiError, type ConnectionTicket } from './session-api.ts';
import { finalState, stateAfter } from './session-end.ts';
import { Backoff } from './transport/backoff.ts';
import type { Carrier } from './transport/carrier.ts';
import type { Connection } from './transport/connection.ts';
import { ConnectionOpener, type ConnectionOpenerOptions } from './transport/connection-opener.ts';
import { Moves, type TransportChoice, type TransportMove } from './transport/moves.ts';
import { pause } from './transport/pause.ts';
import { RaceLostError, type RaceResult } from './transport/race.ts';
import { TracksPatience } from './transport/tracks-patience.ts';
import { BROKEN, type TransportEnd, type TransportKind } from './transport/transport.ts';
import { UnreachedError } from './webrtc/peer-transport.ts';

/** How a session is to be kept connected, and whom it tells. */
export interface SessionLinkOptions extends Omit<ConnectionOpenerOptions, 'isPinned'> {
  readonly choice: TransportChoice;
  /** Pause before a session on its second-best transport tries the best one again, ms; absent = 30 s. */
  readonly upgradePauseMs?: number | undefined;
  /** Whether the picture comes on a track of WebRTC at first; see `carry`. */
  readonly byTracks: boolean;
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
const WITHOUT_CONNECTION = 'No WebRTC connection came about';

/** A connection that stood this long was good: the next cut starts with short waits, ms. */
const STABLE_AFTER_MS = 5000;

/** Keeps a session connected: by the winner of a race of the transports, and again after every cut, until the server or the user ends it. */
export class SessionLink {
  readonly #options: SessionLinkOptions;
  readonly #backoff = new Backoff();
  readonly #closed = new AbortController();
  /** Ends the race that is being run. */
  #attempt = new AbortController();
  #hasBeenLive = false;
  /** Why the server ended the last connection, where it said so: what fails after that only follows from it. */
  #told: string | undefined;
  /** GOAWAY's words, should the close itself get lost. */
  #announced: string | undefined;
  readonly #opener: ConnectionOpener;
  readonly #moves: Moves;
  #carrier: Carrier | undefined;
  readonly #patience = new TracksPatience();
  #hasten: () => void = () => undefined;

  constructor(options: SessionLinkOptions) {
    this.#options = options;
    this.#opener = new ConnectionOpener({ ...options, isPinned: () => this.#moves.isPinned });
    this.#moves = new Moves({
      choice: options.choice,
      byTracks: options.byTracks,
      upgradePauseMs: options.upgradePauseMs,
      isOffered: (kind) => this.#opener.isOffered(kind),
      connect: (kind, from, how) => this.#opener.openBeside(kind, from, how),
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
      const ticket = await this.#ticket();
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

  async #ticket(): Promise<ConnectionTicket> {
    try {
      return await this.#opener.ticket(this.#closed.signal);
    } catch (error) {
      this.#patience.gatewayIsAway();
      throw error;
    }
  }

  async #race(ticket: ConnectionTicket, stopped: AbortSignal): Promise<RaceResult<Connection>> {
    const { aim } = this.#moves;
    try {
      const signal = AbortSignal.any([this.#closed.signal, stopped]);
      // What carried the session before is worth more patience.
      return await this.#opener.race(ticket, aim, { signal, isAwaited: !this.#hasBeenLive });
    } catch (error) {
      const isGivenUp = stopped.aborted || this.#closed.signal.aborted;
      const failure = wasRefused(error) ? 'refused' : 'silent';
      if (aim === 'webrtc' && !isGivenUp && !this.#patience.bears(failure, performance.now()))
        this.#options.onTracksFailed(`${WITHOUT_CONNECTION}. ${reasonOf(error)}`);
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
    this.#opener.prefer(isSilenced ? 'websocket' : carrier.kind);
    this.#told = end.code === SessionCode.shutdown ? end.reason : this.#announced;
    this.#announced = undefined;
    const wasAnnounced = this.#told !== undefined;
    this.#patience.ended({ byTracks: carrier.kind === 'webrtc', wasAnnounced });
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
    this.#opener.resumeWith(ack.resume);
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

  async #pause(message: string, atLeastMs: number | undefined): Promise<void> {
    this.#connecting(message);
    const hasten = new AbortController();
    this.#hasten = () => hasten.abort();
    await pause(this.#backoff.next(Math.random(), atLeastMs), hasten.signal);
    this.#hasten = () => undefined;
  }

  /** `message` is what failed last, if anything did. */
  #connecting(message: string | undefined): void {
    const phase = this.#hasBeenLive ? 'reconnecting' : 'connecting';
    const why = this.#told ?? message;
    this.#options.onState(why === undefined ? { phase } : { phase, message: why });
  }
}

/** Somebody said no; a path that lets nothing through says nothing. */
const wasRefused = (error: unknown): boolean =>
  error instanceof RaceLostError &&
  !error.failures.some(({ cause }) => cause instanceof UnreachedError);

/** Whole sentences. */
function reasonOf(error: unknown): string {
  const failure = error instanceof RaceLostError ? error.failures[0]?.cause : undefined;
  return failure instanceof Error ? failure.message : 'It was not open within 6 s.';
}
