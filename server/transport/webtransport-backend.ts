/**
 * The contract between our WebTransport and the library that speaks QUIC below it; types only.
 *
 * ```
 *   WebTransportTransport          (webtransport.ts: DTF/1 on streams and datagrams)
 *     WebTransportBackend          (this file)
 *       rwebtransport.ts           the prebuilt addon, behind our own wrapper
 *       fails-components.ts        @fails-components/webtransport, when it is installed and asked for
 * ```
 *
 * No promise of this contract ever rejects once a backend listens: a peer that vanishes in the middle of anything must
 * not take the process with it. What went wrong is a value.
 */

/** Which libraries can be asked for. */
export type WebTransportBackendName = 'rwebtransport' | 'fails-components';

/** What became of a write: the stack took all of it, or the stream or the session ended first. */
export type WriteOutcome = 'taken' | 'dropped';

/** Our sending half of a stream. Every method may be called at any time; after the end they do nothing. */
export interface SendStream {
  /**
   * Hands bytes to the stack, in the order of the calls. Resolves when the stack has taken all of them, which follows
   * its congestion window: this is the back-pressure. The bytes are copied during the call.
   */
  write(bytes: Uint8Array): Promise<WriteOutcome>;
  /** Ends the stream after all that was written. */
  finish(): void;
  /**
   * Drops what is not yet on the wire and resets the stream, at once. Pending writes resolve with 'dropped'.
   *
   * @param code application error code, 0 to 2^32 - 1
   */
  reset(code: number): void;
}

/** How the peer's half of a stream ended. */
export type StreamEnd =
  | { readonly type: 'finished' }
  | { readonly type: 'reset'; readonly code: number }
  | { readonly type: 'sessionClosed' };

/** Takes the bytes of one incoming stream. Called synchronously. */
export interface IncomingStreamSink {
  /** The next bytes; owned by the sink from now on. */
  data(chunk: Uint8Array): void;
  /** The last call. */
  end(how: StreamEnd): void;
}

/** A stream that the client opened. */
export interface IncomingStream {
  /** Our half; undefined on a unidirectional stream. */
  readonly reply: SendStream | undefined;
  /** Asks the peer to send no more; what arrives nevertheless is dropped. */
  stopSending(code: number): void;
}

/** How a session ended. */
export interface BackendSessionClosed {
  /** The close code of the side that closed; 0 when there was none. */
  readonly code: number;
  readonly reason: string;
  /** False when the connection broke or timed out instead of being closed. */
  readonly clean: boolean;
}

/** Takes what arrives on a session. Called synchronously, never again after `closed`. */
export interface BackendSessionSink {
  /** A stream was opened; its bytes go to the returned sink. */
  stream(stream: IncomingStream): IncomingStreamSink;
  datagram(bytes: Uint8Array): void;
  closed(how: BackendSessionClosed): void;
}

/** Counters of the QUIC connection, as far as the library has them. */
export interface BackendStats {
  readonly smoothedRttMs?: number;
  readonly packetsLost?: number;
  readonly packetsSent?: number;
}

/** One accepted session, established. */
export interface BackendSession {
  /** Path of the CONNECT request without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The Origin header; undefined for a client that is no browser. */
  readonly origin: string | undefined;
  /** Address and port of the client. Never shown to other clients, never logged above debug. */
  readonly remoteAddress: string;
  /** The protocol that was agreed on, from `ListenOptions.protocols`. */
  readonly protocol: string | undefined;
  /** Begins delivery, once, in the tick in which the session was given out. */
  start(sink: BackendSessionSink): void;
  /**
   * Opens a unidirectional stream. Resolves when the peer's limits let the stream exist on the wire, so that a reset
   * is safe from then on; with undefined when the session ended first.
   */
  openUni(): Promise<SendStream | undefined>;
  /**
   * Sends an unreliable datagram of at most 1,150 bytes. Resolves with false when it was dropped here. The bytes are
   * copied during the call.
   */
  sendDatagram(bytes: Uint8Array): Promise<boolean>;
  /** Resolves with an empty record once the session is over. */
  stats(): Promise<BackendStats>;
  /** Closes the session; idempotent. `closed` of the sink follows unless the session had ended before. */
  close(code: number, reason: string): void;
}

/** Where and how to listen. */
export interface ListenOptions {
  /** An IP address ('::' takes IPv4 too) or 'localhost', which means 127.0.0.1. */
  readonly host: string;
  /** UDP port, 0 = any. */
  readonly port: number;
  /** PEM file of the certificate, read once. */
  readonly certPath: string;
  /** PEM file of its private key, read once. */
  readonly keyPath: string;
  /** Origins that may connect; others get 403. Undefined takes every origin: the caller checks each session then. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** Protocols to agree on, the preferred one first. */
  readonly protocols: readonly string[];
  /** Called in the tick in which a session is established. */
  onSession(session: BackendSession): void;
  /** The listener ended without having been closed; its sessions are over. */
  onFailure(reason: string): void;
}

/** A UDP port that accepts sessions. */
export interface BackendListener {
  readonly port: number;
  /** Ends all sessions and frees the port; idempotent. */
  close(): Promise<void>;
}

/** A library that can serve WebTransport. */
export interface WebTransportBackend {
  readonly name: WebTransportBackendName;
  /** Whether a second listener of this process can show another certificate than the first. */
  readonly renewsCertificates: boolean;
  /** @throws Error when the port cannot be bound or the certificate cannot be read */
  listen(options: ListenOptions): Promise<BackendListener>;
}
