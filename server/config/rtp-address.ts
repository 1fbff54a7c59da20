import { isIP } from 'node:net';

/** Where RTP comes in. */
export type RtpAddress =
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'tcp' | 'udp'; readonly host: string; readonly port: number };

/** Reads `unix:/path.sock`, `tcp:host:port` or `udp:host:port` (IPv6 in brackets); undefined for anything else. */
export function parseRtpAddress(text: string): RtpAddress | undefined {
  const unix = /^unix:(\/.+)$/.exec(text)?.[1];
  if (unix !== undefined) return { type: 'unix', path: unix };
  const match = /^(tcp|udp):(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[2] ?? match?.[3] ?? '';
  const port = Number(match?.[4]);
  if (match === null || port > 65_535 || (isIP(host) === 0 && host !== 'localhost'))
    return undefined;
  return { type: match[1] === 'udp' ? 'udp' : 'tcp', host, port };
}

/** Whether only programs of this machine can send to it. */
export function isLocalAddress(address: RtpAddress): boolean {
  if (address.type === 'unix') return true;
  const { host } = address;
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
