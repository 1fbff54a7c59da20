import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

import { fastifyCookie } from '@fastify/cookie';
import { fastify as createFastify, type FastifyInstance, type FastifyReply } from 'fastify';

import type { CarriedAnswer, CarriedRequest } from '../session/request-port.ts';
import { registerApi } from './api.ts';
import { CarriedLogins } from './carried-requests.ts';
import { HttpFault, type FaultCode } from './fault.ts';
import { divertFramed } from './first-byte.ts';
import type { Grant } from './grant.ts';
import { requireOwnHost, sessionOf, withoutBasePath, type GatewayOptions } from './gateway.ts';
import { defaultHttpLimits, type HttpLimits } from './http-limits.ts';
import { LoginThrottle } from './login-throttle.ts';
import { OriginPolicy, reachableAddress } from './origin-policy.ts';
import { pageHeaders } from './page-headers.ts';
import { registerPage } from './page.ts';
import { probePaths, registerProbes } from './probes.ts';
import { SocketWatch } from './socket-watch.ts';
import { registerWebRtcApi } from './webrtc-api.ts';
import { endWithFault, WebSocketUpgrade } from './web-socket-upgrade.ts';
import { registerWhep } from './whep.ts';

/** How often Node looks for requests that are too slow; its default of 30 s would make 10 s of headers up to 40 s. */
const CONNECTION_CHECK_MS = 1_000;

/** A certificate with its chain, and its key: PEM texts. */
interface TlsCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** What the HTTP server needs. */
export interface AppOptions extends GatewayOptions {
  /** The server speaks https with it, http without. */
  readonly tls?: TlsCertificate | undefined;
  /** Other limits than the usual ones. */
  readonly limits?: Partial<HttpLimits>;
}

/** The HTTP server: page, API, health and WebSocket requests. */
export interface App {
  /** Starts listening where the settings say; may be called once. */
  listen(): Promise<ListeningAt>;
  /** Answers a request that a session's connection carried, in the name of its grant; one that is refused resolves, too. */
  ask(grant: Grant, request: CarriedRequest): Promise<CarriedAnswer>;
  /** Shows another certificate from now on; connections that are open stay. Without effect on http. */
  setCertificate(certificate: TlsCertificate): void;
  /**
   * Stops listening and cuts every connection, WebSockets too: end sessions before, so that clients are told why.
   * Idempotent.
   */
  close(): Promise<void>;
}

/** Where the server listens. */
export interface ListeningAt {
  readonly port: number;
  /** Where a browser on this machine or, with a public origin, elsewhere finds the page: scheme, host and port. */
  readonly origin: string;
}

/**
 * Stands for Fastify's compilers of JSON schemas. Our routes have none, and to load the compilers takes a quarter of the time that a
 * gateway needs to start.
 */
const unused = (): never => {
  throw new TypeError('schema: expected none, since bodies are read by zod');
};

/** Creates the HTTP server; it does not listen yet. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, logger, tls } = options;
  const limits = { ...defaultHttpLimits, ...options.limits };
  const carried = new CarriedLogins();
  const policy = new OriginPolicy({
    carried,
    listenHost: config.listen.host,
    publicOrigins: config.listen.publicOrigins,
    isSecure: tls !== undefined,
    allowsPlainHttp: config.listen.plainHttp,
    proxies: options.proxies,
  });
  const watch = new SocketWatch({
    limits,
    now: options.now,
    onDropped: () => options.onRefused?.('requestTimeout'),
  });
  const upgrade = new WebSocketUpgrade({
    ...options,
    policy,
    onAuthenticated: (socket) => watch.authenticated(socket),
  });

  const secureServers: SecureServer[] = [];
  const fastify = createFastify({
    // A factory, because for the host `localhost` Fastify makes one server per address, and each needs all of this.
    serverFactory: (onRequest) => {
      const server = makeServer(limits, tls);
      if (isSecureServer(server)) secureServers.push(server);
      server.on('request', onRequest);
      divertIce(server, watch, options);
      watch.watch(server);
      upgrade.attach(server);
      return server;
    },
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, config.listen.basePath),
    bodyLimit: limits.maxBodyBytes,
    schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
    logger: false,
    trustProxy: false,
    return503OnClosing: true,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 64 },
    clientErrorHandler: (error, socket) => {
      const fault = new HttpFault(parserFaults[error.code] ?? 'badRequest');
      options.onRefused?.(fault.code);
      endWithFault(socket, fault);
    },
    frameworkErrors: (error, request, reply) => {
      answerFault(error, { reply, policy, options });
    },
  });

  fastify.setErrorHandler((error, _, reply) => answerFault(error, { reply, policy, options }));
  fastify.setNotFoundHandler((_, reply) =>
    answerFault(new HttpFault('notFound'), { reply, policy, options }),
  );
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers(pageHeaders(policy.pageHosts(policy.seen(request.raw).host)));
    if (!probePaths.has(request.url)) requireOwnHost(request.raw, policy);
    // The page's addresses are relative: without the slash they would lead beside it.
    const { basePath } = config.listen;
    if (basePath !== undefined && request.originalUrl.split('?', 1)[0] === basePath) {
      return reply.redirect(`${basePath}/${request.originalUrl.slice(basePath.length)}`, 308);
    }
    if (policy.carried !== undefined) return;
    if (sessionOf(request.raw, { sessions: options.sessions, policy }) !== undefined) {
      watch.authenticated(request.raw.socket);
    }
  });
  await fastify.register(fastifyCookie);
  registerProbes(fastify, options.probes);
  const throttle = new LoginThrottle();
  registerApi(fastify, { ...options, policy, throttle });
  const { door = () => undefined, corsOrigins = [] } = options.webRtc ?? {};
  const signaling = { ...options, policy, throttle, door, corsOrigins };
  registerWebRtcApi(fastify, signaling);
  await registerWhep(fastify, signaling);
  await registerPage(fastify, config.clientDirectory);

  return {
    listen: async () => {
      const at = await listen(fastify, options);
      logger.info('listening', { origin: at.origin, port: at.port });
      return at;
    },
    ask: (grant, request) => carried.ask(fastify, grant, request),
    setCertificate: (certificate) => {
      for (const server of secureServers) server.setSecureContext(secureContext(certificate));
    },
    close: async () => {
      const closed = fastify.close();
      watch.close();
      await closed;
    },
  };
}

function makeServer(limits: HttpLimits, tls: AppOptions['tls']): Server {
  const options = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(CONNECTION_CHECK_MS, limits.headersTimeoutMs / 2),
    noDelay: true,
    // Anything but WebSocket (h2c, for example) is answered as an ordinary request.
    shouldUpgradeCallback: ({ headers }: { readonly headers: NodeJS.Dict<string | string[]> }) =>
      String(headers['upgrade']).toLowerCase() === 'websocket',
  };
  const server =
    tls === undefined
      ? createServer(options)
      : createSecureServer({
          ...options,
          ...secureContext(tls),
          handshakeTimeout: limits.headersTimeoutMs,
        });
  server.maxConnections = limits.maxSockets;
  return server;
}

/** WebRTC comes over the same port where it is on. */
function divertIce(server: Server, watch: SocketWatch, { webRtc }: AppOptions): void {
  if (webRtc === undefined) return;
  divertFramed(server, (socket) => {
    const door = webRtc.door();
    if (door === undefined) socket.destroy();
    else door.connected(socket, () => watch.authenticated(socket));
  });
}

function isSecureServer(server: Server): server is SecureServer {
  return server instanceof SecureServer;
}

function secureContext({ certPem, keyPem }: TlsCertificate): SecureContextOptions {
  return { cert: certPem, key: keyPem, minVersion: 'TLSv1.2' };
}

async function listen(fastify: FastifyInstance, { config, tls }: AppOptions): Promise<ListeningAt> {
  const { host, port: wanted, publicOrigins } = config.listen;
  await fastify.listen({ host, port: wanted });
  // Listening on a port always has an address of this form (https://nodejs.org/api/net.html#serveraddress).
  const { port } = fastify.server.address() as AddressInfo;
  const isAny = host === '0.0.0.0' || host === '::';
  // Never `localhost` for any address: browsers try ::1 first, where no UDP port may be listening.
  const address = isAny ? (reachableAddress() ?? '127.0.0.1') : host;
  const name = address.includes(':') ? `[${address}]` : address;
  const direct = new URL(`${tls === undefined ? 'http' : 'https'}://${name}:${port}`).origin;
  return { port, origin: publicOrigins[0] ?? direct };
}

/** What Node's parser and timeouts mean (https://nodejs.org/api/http.html#event-clienterror). */
const parserFaults: Readonly<Record<string, FaultCode>> = {
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestTimeout',
};

/** What Fastify refuses by itself (https://fastify.dev/docs/latest/Reference/Errors/). */
const fastifyFaults: Readonly<Record<string, FaultCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'bodyTooLarge',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'bodyTypeRefused',
};

interface AnswerContext {
  readonly reply: FastifyReply;
  readonly policy: OriginPolicy;
  readonly options: AppOptions;
}

/** The one place where refused requests are answered: JSON for programs, a sentence for whoever opened the address. */
function answerFault(error: unknown, { reply, policy, options }: AnswerContext): FastifyReply {
  const fault = toFault(error);
  if (fault.code === 'internal') options.logger.error('request failed', { error });
  options.onRefused?.(fault.code);
  const { headers, raw, url } = reply.request;
  // Requests that Fastify refuses before its hooks ran have no headers yet.
  void reply.code(fault.status).headers(pageHeaders(policy.pageHosts(policy.seen(raw).host)));
  void reply.header('cache-control', 'no-store');
  if (fault.retryAfterSeconds !== undefined) {
    void reply.header('retry-after', fault.retryAfterSeconds);
  }
  const isPerson = headers.accept?.includes('text/html') === true && !url.startsWith('/api/');
  return isPerson
    ? reply.type('text/plain; charset=utf-8').send(`${fault.message}\n`)
    : reply.type('application/json; charset=utf-8').send(fault.toBody());
}

function toFault(error: unknown): HttpFault {
  if (error instanceof HttpFault) return error;
  const { code, statusCode } = error as { readonly code?: unknown; readonly statusCode?: unknown };
  const known = typeof code === 'string' ? fastifyFaults[code] : undefined;
  if (known !== undefined) return new HttpFault(known);
  const isTheirs = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return new HttpFault(isTheirs ? (statusCode === 404 ? 'notFound' : 'badRequest') : 'internal');
}
