import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { HttpLimits } from './http-limits.ts';
import { SocketLedger } from './socket-ledger.ts';

/** How often deadlines are looked at: a fifth of the shortest one, at most four times a second. */
const TICKS_PER_TIMEOUT = 5;
const MAX_TICK_MS = 250;

/** What sockets are held to, by which clock. */
export interface SocketWatchOptions {
  readonly limits: HttpLimits;
  /** The time in milliseconds, from any origin, never falling. */
  readonly now: () => number;
  /** Told when a connection is closed by the watch. */
  readonly onDropped: () => void;
}

/** Binds the ledger of unauthenticated connections to the sockets of a server. */
export class SocketWatch {
  readonly #options: SocketWatchOptions;
  readonly #ledger: SocketLedger;
  readonly #sockets = new Map<string, Socket>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: SocketWatchOptions) {
    this.#options = options;
    this.#ledger = new SocketLedger(options.limits);
    const { unauthenticatedTimeoutMs } = options.limits;
    const tickMs = Math.min(MAX_TICK_MS, unauthenticatedTimeoutMs / TICKS_PER_TIMEOUT);
    this.#timer = setInterval(() => {
      for (const key of this.#ledger.expired(options.now())) this.#drop(key);
    }, tickMs).unref();
  }

  /** Watches the connections that a server accepts. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      const key = keyOf(socket);
      this.#sockets.set(key, socket);
      socket.once('close', () => {
        // Its address may have been taken over by a new connection already.
        if (this.#sockets.get(key) !== socket) return;
        this.#sockets.delete(key);
        this.#ledger.forget(key);
      });
      const victim = this.#ledger.opened(key, this.#options.now());
      if (victim !== undefined) this.#drop(victim);
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#follow(request, response);
    });
  }

  /** The connection has shown a valid cookie. */
  authenticated(socket: Socket): void {
    this.#ledger.forget(keyOf(socket));
  }

  /** Closes every connection that is left, WebSockets too. */
  close(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    const key = keyOf(request.socket);
    const { now } = this.#options;
    const { headers } = request;
    const hasBody =
      headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
    if (hasBody) request.once('end', () => this.#ledger.requested(key, now()));
    else this.#ledger.requested(key, now());
    response.once('finish', () => this.#ledger.answered(key, now()));
  }

  #drop(key: string): void {
    this.#sockets.get(key)?.destroy();
    this.#options.onDropped();
  }
}

/**
 * The other end of a connection, unique while it lives. A TLS connection is two sockets in Node, one inside the other, and this
 * is what they have in common.
 */
function keyOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`;
}
