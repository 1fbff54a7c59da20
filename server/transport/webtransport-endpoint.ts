import { makeCertificate } from '../../certs/certificate.ts';
import { CertificatePorts } from './certificate-ports.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport } from './transport.ts';
import type { WebTransportBackendName } from './webtransport-backend.ts';
import { listenWebTransport } from './webtransport-listener.ts';
import { loadBackend } from './webtransport-loader.ts';

/** Where WebTransport listens, who is let in, and who gets the connections. */
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
export type WebTransportEndpoint = Pick<CertificatePorts, 'offer' | 'openPorts' | 'close'>;

/** Names in the certificates; pages pin them by hash, so that only they themselves matter. */
const HOSTS = ['localhost', '127.0.0.1', '::1'];

/**
 * Opens WebTransport with certificates of its own, pinned by pages and renewed while it runs. Resolves with undefined when the
 * backend does not load or no port can be bound; the log says why, and WebSocket carries on.
 */
export async function openWebTransport<Grant>(
  options: WebTransportEndpointOptions<Grant>,
): Promise<WebTransportEndpoint | undefined> {
  const { host, port, clock, logger } = options;
  const backend = await loadBackend(options.backend, logger);
  if (backend === undefined) return undefined;
  try {
    return await CertificatePorts.open({
      mainPort: port,
      renews: backend.renewsCertificates,
      now: () => new Date(),
      logger,
      make: (from) => makeCertificate({ hosts: HOSTS, now: from }),
      listen: (udpPort, certificate, { onQuieter, onGone }) =>
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
          onSessionEnd: onQuieter,
          onGone,
        }),
    });
  } catch (error) {
    logger.warn('webtransport is off', { reason: String(error) });
    return undefined;
  }
}
