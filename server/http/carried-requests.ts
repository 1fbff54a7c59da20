import { AsyncLocalStorage } from 'node:async_hooks';

import type { FastifyInstance } from 'fastify';

import type { CarriedAnswer, CarriedRequest } from '../session/request-port.ts';
import { HttpFault } from './fault.ts';
import type { Grant } from './grant.ts';

/**
 * What may be asked for: what a page asks for while its session stands. Logging in and out change cookies, which no connection of a
 * session can carry.
 */
const carriedPaths: ReadonlySet<string> = new Set([
  'GET /api/session',
  'GET /api/statistics',
  'POST /api/links',
  'POST /api/ticket',
  'POST /api/webrtc',
]);

/**
 * In whose name requests come that are no HTTP requests: they go the way of all others, through the same checks, but the connection
 * that carried one says what a cookie and headers would say.
 */
export class CarriedLogins {
  readonly #grants = new AsyncLocalStorage<Grant>();

  /** The grant of the connection that carried the request which is being answered; undefined for one that came by HTTP. */
  get grant(): Grant | undefined {
    return this.#grants.getStore();
  }

  /** Answers a request as one that came by HTTP, in the name of the connection's login. */
  async ask(
    fastify: FastifyInstance,
    grant: Grant,
    { method, path, body }: CarriedRequest,
  ): Promise<CarriedAnswer> {
    if (!carriedPaths.has(`${method} ${path}`)) {
      const fault = new HttpFault('notFound');
      return { status: fault.status, body: JSON.stringify(fault.toBody()) };
    }
    const host = URL.canParse(grant.origin) ? new URL(grant.origin).host : '';
    // Awaited inside, since nothing happens before somebody waits for it.
    const answer = await this.#grants.run(
      grant,
      async () =>
        await fastify.inject({
          method,
          url: path,
          headers: {
            host,
            origin: grant.origin,
            ...(body === '' ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === '' ? {} : { payload: body }),
        }),
    );
    return { status: answer.statusCode, body: answer.payload };
  }
}
