/** Limits of the HTTP server; docs/limits.md lists them with their reasons. */
export interface HttpLimits {
  /** The whole head of a request has to arrive within this time. */
  readonly headersTimeoutMs: number;
  /** The whole request has to arrive within this time. */
  readonly requestTimeoutMs: number;
  /** A connection without a request is closed after this time. */
  readonly keepAliveTimeoutMs: number;
  /** A connection that has not shown a valid cookie has this long for its next whole request. */
  readonly unauthenticatedTimeoutMs: number;
  /** An answer to somebody without a valid cookie has to be taken within this time. */
  readonly answerTimeoutMs: number;
  /** Connections that have not shown a valid cookie; for one more, the one that waits longest is closed. */
  readonly maxUnauthenticatedSockets: number;
  /** Connections in all, WebSockets among them. */
  readonly maxSockets: number;
  /** Size of a request's head in bytes. */
  readonly maxHeaderBytes: number;
  /** Size of a request's body in bytes; the largest one is a password. */
  readonly maxBodyBytes: number;
}

/**
 * The limits unless given otherwise. A page of this server is a few files and a few small requests, so that all of them
 * are far above what a browser needs on a slow link and far below what would hurt.
 */
export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 10_000,
  unauthenticatedTimeoutMs: 5_000,
  answerTimeoutMs: 30_000,
  maxUnauthenticatedSockets: 64,
  maxSockets: 512,
  maxHeaderBytes: 8_192,
  maxBodyBytes: 8_192,
};

/** How `ws` is bound (https://github.com/websockets/ws/blob/8.23.0/doc/ws.md). */
export const webSocketLimits = {
  maxPayload: 1024 * 1024,
  maxFragments: 8,
  maxBufferedChunks: 64,
  // With compression on, 11 MB on the wire grew the process by 226 MB (measured); video does not shrink anyway.
  perMessageDeflate: false,
} as const;
