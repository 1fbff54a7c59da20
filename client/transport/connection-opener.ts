import { protocolVersion, type Hello } from '../../protocol/control/hello.ts';
import { SessionCode } from '../../protocol/errors.ts';
import type { StreamChange } from '../../protocol/stream-settings.ts';
import { requestTicket, type ConnectionTicket } from '../session-api.ts';
import type { PeerAddress } from '../webrtc/peer-messages.ts';
import type { Carrier, OpenOptions } from './carrier.ts';
import { Connection } from './connection.ts';
import type { Aim } from './moves.ts';
import { pause } from './pause.ts';
import { race, type Entrant, type RaceResult } from './race.ts';
import type { TransportKind } from './transport.ts';
import { waysOf, type Way } from './ways.ts';
import { hasWebTransport } from './webtransport.ts';

/** Codec strings, the best first. */
export interface CodecOffer {
  readonly video: readonly string[];
  readonly audio: readonly string[];
  /** Whether they may come on tracks of WebRTC when the gateway advises it. */
  readonly takesTracks: boolean;
}

/** What every connection of a session says of itself, and where it is opened. */
export interface ConnectionOpenerOptions {
  readonly page: URL;
  /** What won the last race in this browser: it starts without delay. */
  readonly lastWinner: TransportKind | undefined;
  /** What this browser plays. */
  offer(): CodecOffer;
  /** What the user has chosen as it stands, of which HELLO says the mode. */
  chosen(): StreamChange;
  /** Whether the session is to stay on its transport. */
  isPinned(): boolean;
  /** Asks the page for a WebRTC connection, see `PeerRequest`. */
  openPeer(address: PeerAddress, isAwaited: boolean): MessagePort;
}

/** Time for the tickets and for the race, ms; a dead network must not hold up the next attempt. */
const TICKET_TIMEOUT_MS = 3000;
const RACE_TIMEOUT_MS = 6000;

/** What kind of connection is to be opened. */
interface Wanted {
  readonly aim: Aim;
  /** See OpenOptions. */
  readonly isAwaited: boolean;
  /** `session` of the connection that is replaced. */
  readonly move?: string;
}

/** Opens the connections of a session, each with its ticket and its HELLO. */
export class ConnectionOpener {
  readonly #options: ConnectionOpenerOptions;
  #preferred: TransportKind | undefined;
  #resume: string | undefined;
  #lastTicket: ConnectionTicket | undefined;

  constructor(options: ConnectionOpenerOptions) {
    this.#options = options;
    this.#preferred = options.lastWinner;
  }

  /** Whether this browser and, by its newest ticket, the server have a transport. */
  isOffered(kind: TransportKind): boolean {
    return this.#reachable.includes(kind);
  }

  /** What is likely to win the next race. */
  prefer(kind: TransportKind): void {
    this.#preferred = kind;
  }

  /** @param token `resume` of HELLO_ACK, for the session's next connection */
  resumeWith(token: string | undefined): void {
    this.#resume = token;
  }

  /** Lets one attempt in, within 3 s. */
  async ticket(signal: AbortSignal): Promise<ConnectionTicket> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(TICKET_TIMEOUT_MS)]);
    const ticket = await requestTicket(this.#options.page, bounded);
    this.#lastTicket = ticket;
    return ticket;
  }

  /** The first to get through of the transports that `aim` allows, within 6 s. */
  race(
    ticket: ConnectionTicket,
    aim: Aim,
    { signal, isAwaited }: OpenOptions,
  ): Promise<RaceResult<Connection>> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(RACE_TIMEOUT_MS)]);
    const entrants = this.#entrants(ticket, { aim, isAwaited });
    return race(entrants, { signal: bounded, wait: pause });
  }

  /** Fails where the server does not know `from` any more: what that one did not deliver would be lost or come twice. */
  async openBeside(
    kind: TransportKind,
    from: Carrier,
    { signal, isAwaited }: OpenOptions,
  ): Promise<Carrier> {
    const ticket = await this.ticket(signal);
    const entrants = this.#entrants(ticket, { aim: kind, isAwaited, move: from.session });
    const entrant = entrants.find((one) => one.kind === kind);
    if (entrant === undefined) throw new Error(`${kind} is not offered`);
    const connection = await entrant.connect(signal);
    const ack = await connection.ready;
    if (ack.input !== undefined) return { connection, kind, session: ack.session };
    connection.close(SessionCode.ok, 'the older connection is gone');
    throw new Error('the gateway does not know the older connection any more');
  }

  #entrants(ticket: ConnectionTicket, { aim, isAwaited, move }: Wanted): Entrant<Connection>[] {
    const openPeer = (address: PeerAddress): MessagePort =>
      this.#options.openPeer(address, isAwaited);
    const ways = waysOf(ticket, { choice: aim, preferred: this.#preferred, openPeer });
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
      ...(this.#options.isPinned() ? { pinned: true } : {}),
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
}
