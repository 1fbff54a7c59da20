import { TRANSPORT_PATH } from './gateway.ts';
import type { Grant } from './grant.ts';
import type { Tickets } from './tickets.ts';

/** A WebTransport session that asks to be let in. */
export interface WebTransportAsking {
  readonly path: string;
  readonly query: URLSearchParams;
  /** The page's, as the browser says. */
  readonly origin: string | undefined;
}

/** What its ticket grants, which is then used up; undefined when it has none for this page. From memory, in the same tick. */
export function grantWebTransport(
  tickets: Tickets,
  { path, query, origin }: WebTransportAsking,
): Grant | undefined {
  if (path !== TRANSPORT_PATH) return undefined;
  const grant = tickets.redeem(query.get('ticket') ?? '', 'webTransport');
  return grant?.origin === origin ? grant : undefined;
}
