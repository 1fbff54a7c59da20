import type { FastifyInstance, FastifyReply } from 'fastify';

/** What a probe of a container platform or a load balancer is told. */
export interface ProbeAnswer {
  readonly isOk: boolean;
  /** What keeps it from being well. Public: no names of users, no paths. */
  readonly reasons: readonly string[];
  /** What is missing and keeps nobody from working. */
  readonly notes: readonly string[];
}

/** The probes that ask the gateway. */
export interface Probes {
  /** A client that connects now would see a picture. */
  readonly ready: () => ProbeAnswer;
  /** Starting the process anew would not help. */
  readonly live: () => ProbeAnswer;
}

/** Probes ask by whatever address they know, so these paths answer under any name. */
export const probePaths: ReadonlySet<string> = new Set(['/startupz', '/readyz', '/healthz']);

/** Registers `/startupz` (the process listens), `/readyz` and `/healthz`. */
export function registerProbes(fastify: FastifyInstance, { ready, live }: Probes): void {
  fastify.get('/startupz', (_, reply) => answer(reply, { isOk: true, reasons: [], notes: [] }));
  fastify.get('/readyz', (_, reply) => answer(reply, ready()));
  fastify.get('/healthz', (_, reply) => answer(reply, live()));
}

function answer(reply: FastifyReply, { isOk, reasons, notes }: ProbeAnswer): object {
  void reply.header('cache-control', 'no-store').code(isOk ? 200 : 503);
  return {
    status: isOk ? 'ok' : 'failing',
    ...(reasons.length > 0 && { reasons }),
    ...(notes.length > 0 && { notes }),
  };
}
