import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whoever collects asks every few seconds over a connection or two; more are nobody's friends. */
const MAX_SOCKETS = 16;

/** For the head of a request, milliseconds; and its bytes. A collector sends 200 bytes at once. */
const HEAD_TIMEOUT_MS = 5_000;
const MAX_HEAD_BYTES = 8_192;

/** Names of this machine by which it may be asked when there is no token: a page of another site cannot use them. */
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Where metrics are served, to whom, and what they are. */
export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** What a collector has to show as a bearer token; without one only loopback names are answered. */
  readonly token: string | undefined;
  readonly contentType: string;
  /** The text to answer with. */
  collect(): Promise<string>;
}

/** Listens for collectors, beside the gateway's own port. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `GET /metrics` and nothing else. @throws the system's error when the port cannot be had */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(
    {
      headersTimeout: HEAD_TIMEOUT_MS,
      requestTimeout: HEAD_TIMEOUT_MS,
      connectionsCheckingInterval: HEAD_TIMEOUT_MS / 2,
      maxHeaderSize: MAX_HEAD_BYTES,
    },
    (request, response) => {
      const status = statusOf(request, options.token);
      response.setHeader('cache-control', 'no-store');
      if (status === 401) response.setHeader('www-authenticate', 'Bearer');
      if (status !== 200) {
        response.writeHead(status).end();
        return;
      }
      void options.collect().then(
        (text) => response.setHeader('content-type', options.contentType).end(text),
        () => response.writeHead(500).end(),
      );
    },
  );
  server.maxConnections = MAX_SOCKETS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port }, resolve);
  });
  // Listening on a port always has an address of this form (https://nodejs.org/api/net.html#serveraddress).
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function statusOf({ method, url, headers }: IncomingMessage, token: string | undefined): number {
  if (token === undefined && !LOOPBACK_HOST.test(headers.host ?? '')) return 403;
  if (token !== undefined && !isToken(headers.authorization, token)) return 401;
  if (url !== '/metrics') return 404;
  return method === 'GET' || method === 'HEAD' ? 200 : 405;
}

/** Compares hashes: their length says nothing, and neither does the time. */
function isToken(authorization: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer (.{1,512})$/.exec(authorization ?? '') ?? [];
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}
