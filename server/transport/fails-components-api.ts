import type { ReadableStream, WritableStream } from 'node:stream/web';

/**
 * The part that we use of the documented interface of @fails-components/webtransport 1.6 (a WHATWG WebTransport for
 * Node over Google's quiche). Written down here because the package is no dependency: its companion with the binary
 * fetches or builds it at installation, which does not work everywhere.
 */
export interface FailsModule {
  readonly Http3Server: new (init: FailsServerInit) => FailsServer;
}

/** What a server of the package is made with. */
export interface FailsServerInit {
  readonly host: string;
  readonly port: number;
  /** Keys the tokens that prove a client's address. */
  readonly secret: string;
  /** PEM texts. */
  readonly cert: string;
  readonly privKey: string;
}

/** What the request callback gets. */
export interface FailsRequest {
  /** Header fields and pseudo-headers by their lower-case names. */
  readonly header: Readonly<Record<string, string | undefined>>;
}

/** What the request callback decides. */
export interface FailsDecision {
  /** 200 accepts. */
  readonly status: number;
  /** Which `sessionStream` the session goes to. */
  readonly path: string;
  readonly userData: unknown;
  readonly selectedProtocol?: string;
}

/** A server of the package. */
export interface FailsServer {
  /** Settles when the port is open or cannot be. */
  readonly ready: Promise<unknown>;
  readonly closed: Promise<unknown>;
  startServer(): void;
  stopServer(): void;
  address(): { readonly port: number } | null;
  setRequestCallback(callback: (request: FailsRequest) => Promise<FailsDecision>): void;
  sessionStream(path: string): ReadableStream<FailsSession>;
}

/** A session of the package. */
export interface FailsSession {
  readonly ready: Promise<unknown>;
  readonly closed: Promise<{ readonly closeCode?: number; readonly reason?: string }>;
  readonly draining: Promise<unknown>;
  /** What the request callback attached. */
  readonly userData: unknown;
  readonly peerAddress: string | undefined;
  readonly protocol: string;
  readonly incomingBidirectionalStreams: ReadableStream<FailsBidirectionalStream>;
  readonly incomingUnidirectionalStreams: ReadableStream<ReadableStream<Uint8Array>>;
  readonly datagrams: {
    readonly readable: ReadableStream<Uint8Array>;
    createWritable(): WritableStream<Uint8Array>;
  };
  /** Without `waitUntilAvailable` it rejects when the peer's stream credit is used up. */
  createUnidirectionalStream(options: {
    readonly sendGroup: null;
    readonly waitUntilAvailable: boolean;
  }): Promise<WritableStream<Uint8Array>>;
  /** Milliseconds; the packet counters of 1.6 are always 0. */
  getStats(): Promise<{ readonly smoothedRtt: number }>;
  close(info: { readonly closeCode: number; readonly reason: string }): void;
}

/** A stream of the package, in both directions. */
export interface FailsBidirectionalStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * Loads the package and its companion with the binary; the companion first, because the package itself loads without
 * it, prints to the console and then never becomes ready.
 *
 * @throws Error when one of them is not installed or cannot be loaded here
 */
export async function loadFailsModule(): Promise<FailsModule> {
  // Variables keep the compiler from looking for packages that are usually absent.
  const binary = '@fails-components/webtransport-transport-http3-quiche';
  const main = '@fails-components/webtransport';
  await import(binary);
  return (await import(main)) as FailsModule;
}
