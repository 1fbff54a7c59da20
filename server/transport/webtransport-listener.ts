import { writeCertificateFiles } from '../../certs/certificate-files.ts';
import type { Certificate } from '../../certs/certificate.ts';
import { SessionCode } from '../../protocol/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { ServerTransport } from './transport.ts';
import type { BackendSession, WebTransportBackend } from './webtransport-backend.ts';
import { WebTransportTransport } from './webtransport.ts';

/** The protocol name that clients offer (docs/protocol.md, "Negotiation"). */
const PROTOCOL = 'dtf-1';

/** What to serve, where, and to whom. */
export interface WebTransportListenerOptions<Grant> {
  readonly backend: WebTransportBackend;
  readonly certificate: Certificate;
  /** An IP address ('::' takes IPv4 too) or 'localhost', which means 127.0.0.1. */
  readonly host: string;
  /** UDP port, 0 = any; may be the number of a TCP port that is in use. */
  readonly port: number;
  /** Origins that may connect; others are answered with 403. Undefined leaves it to `authorize`. */
  readonly allowedOrigins: readonly string[] | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Decides on a session in the same tick, from memory: what it may, or undefined to close it at once. It is asked when
   * the session is established, because the library has no question before the answer to the request.
   */
  authorize(path: string, query: URLSearchParams, origin: string | undefined): Grant | undefined;
  /** Takes over an authorized connection, in the same tick; starts it when it likes. */
  onTransport(transport: ServerTransport, grant: Grant): void;
  /** An authorized session has ended. */
  onSessionEnd?(): void;
  /** The port ended without having been closed; its sessions are over. */
  onGone?(): void;
}

/** An open port for WebTransport. */
export interface WebTransportListener {
  readonly port: number;
  /** Authorized sessions that are open. */
  readonly openSessions: number;
  /** Says goodbye to all sessions with SHUTDOWN and a reason for logs, and frees the port; idempotent. */
  close(reason?: string): Promise<void>;
}

/**
 * Serves DTF/1 over WebTransport on one UDP port with one certificate.
 *
 * @throws Error when the port cannot be bound
 */
export async function listenWebTransport<Grant>(
  options: WebTransportListenerOptions<Grant>,
): Promise<WebTransportListener> {
  const { backend, certificate, host, port, allowedOrigins, logger } = options;
  const transports = new Set<ServerTransport>();
  // Libraries read the files while they open the port and never again, so that the key leaves the disk at once.
  const files = await writeCertificateFiles(certificate);
  try {
    const listener = await backend.listen({
      host,
      port,
      certPath: files.certPath,
      keyPath: files.keyPath,
      allowedOrigins,
      protocols: [PROTOCOL],
      onSession: (session) => accept(session, options, transports),
      onFailure: (reason) => {
        logger.error('webtransport is gone', { backend: backend.name, reason });
        options.onGone?.();
      },
    });
    logger.info('webtransport listens', { backend: backend.name, port: listener.port });
    return {
      port: listener.port,
      get openSessions() {
        return transports.size;
      },
      close: async (reason = 'the gateway stops') => {
        const open = [...transports];
        for (const transport of open) transport.close(SessionCode.shutdown, reason);
        await Promise.all(open.map((transport) => transport.closed));
        await listener.close();
      },
    };
  } finally {
    await files.remove();
  }
}

function accept<Grant>(
  session: BackendSession,
  options: WebTransportListenerOptions<Grant>,
  transports: Set<ServerTransport>,
): void {
  const { backend, clock, logger } = options;
  const grant = options.authorize(session.path, session.query, session.origin);
  if (grant === undefined) {
    // Neither the query, which holds a ticket, nor the address belongs in a log.
    logger.debug('webtransport session refused', { origin: session.origin });
    session.close(SessionCode.auth, 'not authorized');
    return;
  }
  const transport = new WebTransportTransport({ session, backend: backend.name, clock, logger });
  transports.add(transport);
  void transport.closed.then(() => {
    transports.delete(transport);
    options.onSessionEnd?.();
  });
  options.onTransport(transport, grant);
}
