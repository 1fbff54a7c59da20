import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Logger } from '../observe/logger.ts';
import type {
  FailsDecision,
  FailsModule,
  FailsRequest,
  FailsServer,
} from './fails-components-api.ts';
import { FailsSessionAdapter, type RequestedSession } from './fails-components-session.ts';
import type {
  BackendListener,
  ListenOptions,
  WebTransportBackend,
} from './webtransport-backend.ts';

/** The one path under which the package hands out sessions; what the client asked for travels beside it. */
const SESSION_PATH = '/session';

/**
 * Serves WebTransport with @fails-components/webtransport.
 *
 * Known faults of the package that this adapter lives with: several certificates in one process reuse the first, so
 * that a process can have one such listener only, and a reset takes effect late, because writes count as done when
 * they are buffered.
 */
export class FailsComponentsBackend implements WebTransportBackend {
  readonly name = 'fails-components';
  readonly renewsCertificates = false;
  readonly #module: FailsModule;
  readonly #logger: Logger;

  constructor(module: FailsModule, logger: Logger) {
    this.#module = module;
    this.#logger = logger;
  }

  async listen(options: ListenOptions): Promise<BackendListener> {
    const [cert, privKey] = await Promise.all([
      readFile(options.certPath, 'utf8'),
      readFile(options.keyPath, 'utf8'),
    ]);
    const server = new this.#module.Http3Server({
      host: options.host === 'localhost' ? '127.0.0.1' : options.host,
      port: options.port,
      secret: randomBytes(32).toString('hex'),
      cert,
      privKey,
    });
    server.setRequestCallback((request) => decide(request, options));
    const listener = new FailsListener(server, options, this.#logger);
    server.startServer();
    await server.ready;
    return listener;
  }
}

class FailsListener implements BackendListener {
  readonly #server: FailsServer;
  readonly #sessions = new Set<FailsSessionAdapter>();
  #isClosing = false;

  constructor(server: FailsServer, options: ListenOptions, logger: Logger) {
    this.#server = server;
    this.#accept(options, logger).then(
      () => {
        if (!this.#isClosing) options.onFailure('the listener ended');
      },
      (error: unknown) => {
        logger.error('webtransport listener failed', { error });
        if (!this.#isClosing) options.onFailure('the listener failed');
      },
    );
  }

  get port(): number {
    return this.#server.address()?.port ?? 0;
  }

  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      for (const session of [...this.#sessions]) {
        session.close(0, '');
        session.end({ code: 0, reason: 'server closed', clean: true });
      }
      this.#server.stopServer();
    }
    await this.#server.closed;
  }

  async #accept(options: ListenOptions, logger: Logger): Promise<void> {
    for await (const session of this.#server.sessionStream(SESSION_PATH)) {
      const requested = session.userData as RequestedSession;
      const adapter: FailsSessionAdapter = new FailsSessionAdapter(session, requested, () => {
        this.#sessions.delete(adapter);
      });
      this.#sessions.add(adapter);
      try {
        options.onSession(adapter);
      } catch (error) {
        logger.error('webtransport session could not start', { error });
      }
      if (!adapter.isStarted) adapter.close(0, '');
    }
  }
}

/**
 * Decides in the same tick: a callback that awaits anything lets the package touch a connection that is gone by then,
 * which ends the process with a segmentation fault. The package matches paths with their query, so that the path is
 * replaced by a fixed one.
 */
function decide({ header }: FailsRequest, options: ListenOptions): Promise<FailsDecision> {
  const [path = '', ...query] = (header[':path'] ?? '').split('?');
  const origin = header['origin'];
  const { allowedOrigins, protocols } = options;
  const isAllowed =
    allowedOrigins === undefined || (origin !== undefined && allowedOrigins.includes(origin));
  const offered = header['wt-available-protocols'] ?? '';
  const selected = protocols.find((protocol) => offered.includes(`"${protocol}"`));
  const userData: RequestedSession = { path, query: new URLSearchParams(query.join('?')), origin };
  return Promise.resolve({
    status: isAllowed ? 200 : 403,
    path: SESSION_PATH,
    userData,
    ...(selected === undefined ? {} : { selectedProtocol: selected }),
  });
}
