import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

import { reachableAddress, type OriginPolicy } from './origin-policy.ts';

/**
 * Addresses under which a peer most likely reaches this machine by UDP: the one that it asked for, if that is an address, the one at
 * which its request arrived, and the machine's own. A peer only ever learns where to send its own packets.
 */
export function reachedAddresses(
  request: IncomingMessage,
  policy: OriginPolicy,
): readonly string[] {
  // Where its ticket was fetched is where it was reached: the connection that carries it may have come by another way.
  if (policy.carried !== undefined) return policy.carried.reached ?? [];
  const host = (policy.seen(request).host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const local = (request.socket.localAddress ?? '').replace(/^::ffff:/, '');
  const addresses = [host, local, reachableAddress() ?? ''];
  return [...new Set(addresses.filter((address) => isIP(address) !== 0))];
}
