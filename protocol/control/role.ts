/** ROLE: who has control has changed (docs/protocol.md, "Control of the desktop"). */

import type { ByteReader, ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';

/** Whether INPUT has an effect. Roles on the wire are the indexes of this list. */
export const roleNames = ['viewer', 'controller'] as const;

/** `controller`: INPUT has an effect; `viewer`: it has none. */
export type RoleName = (typeof roleNames)[number];

/** Tells a client its role from now on. */
export interface RoleUnit {
  readonly type: 'role';
  readonly role: RoleName;
}

/** `0x2c role:u8`. */
export function writeRole(writer: ByteWriter, { role }: RoleUnit): void {
  writer.u8(roleNames.indexOf(role), 'role');
}

export function readRole(reader: ByteReader): RoleUnit {
  const value = reader.u8('role');
  const role = roleNames[value];
  if (role === undefined) {
    throw new ProtocolError('E_RANGE', `role: expected 0 or 1, got ${value}`);
  }
  return { type: 'role', role };
}
