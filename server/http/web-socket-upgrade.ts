import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { WebSocketServer } from 'ws';

import { HttpFault } from './fault.ts';
import {
  requireOwnHost,
  requireOwnOrigin,
  requireRoom,
  loginOf,
  withoutBasePath,
  TRANSPORT_PATH,
  type GatewayOptions,
} from './gateway.ts';
import type { Grant } from './grant.ts';
import { webSocketLimits } from './http-limits.ts';
import type { OriginPolicy } from './origin-policy.ts';

/** Subprotocol of the wire (docs/protocol.md), and the prefix under which the ticket travels beside it. */
const SUBPROTOCOL = 'dtf.1';
const TICKET_PREFIX = 'ticket.';

type UpgradeOptions = GatewayOptions & {
  readonly policy: OriginPolicy;
  /** Told once the connection has shown a valid cookie. */
  readonly onAuthenticated: (socket: Socket) => void;
};

/** Answers WebSocket requests of a server: Host, path, Origin, cookie and ticket are checked before the upgrade. */
export class WebSocketUpgrade {
  readonly #options: UpgradeOptions;
  readonly #server: WebSocketServer;

  constructor(options: UpgradeOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      ...webSocketLimits,
      noServer: true,
      clientTracking: false,
      // The ticket, offered beside it, must not come back in the answer.
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  /** Takes over the upgrade requests of `server`. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const onError = (error: Error): void => {
      this.#options.logger.debug('websocket request broke off', { error });
    };
    socket.on('error', onError);
    let grant: Grant;
    try {
      grant = this.#check(request);
    } catch (error) {
      this.#refuse(socket, error);
      return;
    }
    this.#options.onAuthenticated(request.socket);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', onError);
      this.#options.onConnection(webSocket, grant, request.socket);
    });
  }

  #check(request: IncomingMessage): Grant {
    const { config, policy, sessions, tickets, admit } = this.#options;
    requireOwnHost(request, policy);
    const { basePath } = config.listen;
    const path = withoutBasePath(request.url ?? '', basePath).split('?', 1)[0];
    if (path !== TRANSPORT_PATH) throw new HttpFault('notFound');
    if (request.method !== 'GET' || request.headers['sec-websocket-version'] !== '13') {
      throw new HttpFault('upgradeRequired');
    }
    const origin = requireOwnOrigin(request, policy);
    const session = loginOf(request, { sessions, policy });
    if (session === undefined) throw new HttpFault('loginRequired');
    const ticket = ticketOf(request);
    if (ticket === undefined) throw new HttpFault('badRequest');
    requireRoom(session, admit);
    // Last, since it uses the ticket up.
    const grant = tickets.redeem(ticket, 'webSocket');
    if (grant?.session !== session.id || grant.origin !== origin)
      throw new HttpFault('ticketRefused');
    return grant;
  }

  #refuse(socket: Duplex, error: unknown): void {
    const fault = error instanceof HttpFault ? error : new HttpFault('internal');
    if (fault !== error) this.#options.logger.error('websocket request failed', { error });
    this.#options.onRefused?.(fault.code);
    endWithFault(socket, fault);
  }
}

/** Writes the whole answer to a request that no response object exists for, and closes the connection. */
export function endWithFault(socket: Duplex, fault: HttpFault): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(fault.toBody());
  const retryAfter =
    fault.retryAfterSeconds === undefined ? [] : [`Retry-After: ${fault.retryAfterSeconds}`];
  const head = [
    `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    ...retryAfter,
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The ticket among the subprotocols that the client offers, when it offers ours and one ticket. */
function ticketOf(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim());
  const [ticket, ...others] = offered.filter((name) => name.startsWith(TICKET_PREFIX));
  if (!offered.includes(SUBPROTOCOL) || others.length > 0) return undefined;
  return ticket?.slice(TICKET_PREFIX.length);
}
