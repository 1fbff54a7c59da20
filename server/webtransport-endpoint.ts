import { makeCertificate } from '../certs/certificate.ts';
import type { Logger } from './observe/logger.ts';
import type { Clock } from './session-clock.ts';
import type { ServerTransport } from './transport/transport.ts';
import type { WebTransportBackendName } from './transport/webtransport-backend.ts';
import { listenWebTransport } from './transport/webtransport-listener.ts';
import { loadBackend } from './transport/webtransport-loader.ts';

export interface WebTransportEndpointOptions<Grant> {
  readonly backend: WebTransportBackendName;
  readonly host: string;
  /** The UDP port to take, that of HTTP; another one is taken when it is in use. */
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Decides on a session in the same tick, from memory; undefined closes it. */
  authorize(path: string, query: URLSearchParams, origin: string | undefined): Grant | undefined;
  onTransport(transport: ServerTransport, grant: Grant): void;
}

/** The UDP side of the gateway, and what a page has to know to reach it. */
export interface WebTransportEndpoint {
  readonly port: number;
  /** Whether the UDP port has another number than was asked for. */
  readonly hasOwnPort: boolean;
  /** SHA-256 of the certificates that a page may meet: what it pins. */
  readonly certificateHashes: readonly Uint8Array[];
  close(): Promise<void>;
}

/**
 * Opens WebTransport with a certificate of its own, made now and pinned by pages. Resolves with undefined when the backend
 * does not load or no port can be bound; the log says why, and WebSocket carries on.
 */
export async function openWebTransport<Grant>(
  options: WebTransportEndpointOptions<Grant>,
): Promise<WebTransportEndpoint | undefined> {
  const { host, port, clock, logger } = options;
  const backend = await loadBackend(options.backend, logger);
  if (backend === undefined) return undefined;
  const hosts = ['localhost', '127.0.0.1', '::1'];
  const certificate = await makeCertificate({ hosts, now: new Date() });
  const listen = (udpPort: number) =>
    listenWebTransport({
      backend,
      certificate,
      host,
      port: udpPort,
      // The origin is checked with the ticket, since a proxy's name is not known when listening starts.
      allowedOrigins: undefined,
      clock,
      logger,
      authorize: (path, query, origin) => options.authorize(path, query, origin),
      onTransport: (transport, grant) => options.onTransport(transport, grant),
    });
  try {
    const listener = await listen(port).catch((error: unknown) => {
      logger.warn('webtransport uses another udp port', { port, reason: String(error) });
      return listen(0);
    });
    return {
      port: listener.port,
      hasOwnPort: listener.port !== port,
      certificateHashes: [certificate.sha256],
      close: () => listener.close(),
    };
  } catch (error) {
    logger.warn('webtransport is off: no udp port can be bound', { reason: String(error) });
    return undefined;
  }
}
