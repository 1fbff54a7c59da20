import type { ControlUnit } from '../../protocol/control/control-unit.ts';

/** What a login may become: a controller types and points while it holds the lease, a viewer only watches. */
export type Role = 'controller' | 'viewer';

/** Units that every client may send; whatever is in neither list is refused. */
const forEveryone: ReadonlySet<ControlUnit['type']> = new Set([
  'hello',
  'error',
  'goaway',
  'flowAccept',
  'flowUpdate',
  'credit',
  'keyRequest',
  'ping',
  'pong',
  'ack',
  'ackConfig',
  'report',
  // What of it a viewer may change is the stream settings' own question.
  'settings',
  // The API judges each request as it does by HTTP.
  'request',
  'body',
]);

const forControllers: ReadonlySet<ControlUnit['type']> = new Set([
  'input',
  // The clipboard's.
  'flowOpen',
  'flowClose',
]);

/**
 * Whether a client in `role` may send a unit of this type. The server asks for each unit: nothing that a client says can
 * change its role.
 */
export function mayClientSend(role: Role, type: ControlUnit['type']): boolean {
  return forEveryone.has(type) || (role === 'controller' && forControllers.has(type));
}
