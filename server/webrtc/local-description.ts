import type { Peer } from './peer-stack.ts';

/** As ICE has them (RFC 8839, sections 5.4 and 5.5), and `a=fingerprint` (RFC 8122, section 5). */
const PATTERNS = {
  ufrag: /^[\w+/]{4,256}$/,
  pwd: /^[\w+/]{22,256}$/,
  fingerprint: /^[a-z0-9-]{1,20} [0-9A-F:]{2,200}$/i,
} as const;

/** Reads what the process says that a peer is called by; undefined for anything that has no place in an answer. */
export function readLocal(payload: Buffer): Peer['local'] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
  const find = (name: keyof typeof PATTERNS): string => {
    const text = (Object(value) as Readonly<Record<string, unknown>>)[name];
    return typeof text === 'string' && PATTERNS[name].test(text) ? text : '';
  };
  const local = { ufrag: find('ufrag'), pwd: find('pwd'), fingerprint: find('fingerprint') };
  return Object.values(local).includes('') ? undefined : local;
}
