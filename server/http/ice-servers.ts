import { createHmac } from 'node:crypto';

/** Seconds for which a credential lets somebody in at a TURN server; what was opened by then goes on. */
export const CREDENTIAL_SECONDS = 600;

/** STUN and TURN servers for peers, as the settings name them. */
export interface IceServerSettings {
  /** As in RFC 7064 and RFC 7065: `stun:host`, `turn:host:port?transport=udp`. */
  readonly iceServers: readonly string[];
  /** Shared with the TURN servers. */
  readonly turnSecret?: string | undefined;
}

/** A server as a page gives it to its connection (W3C WebRTC, RTCIceServer). */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/**
 * The servers for one login. What lets it in at those of TURN is made here (draft-uberti-behave-turn-rest): they know the secret and so believe the
 * user name, which begins with the second since 1970 at which it ends.
 *
 * @param user shows in the logs of TURN servers, and counts for their quotas
 * @param date Unix time in milliseconds
 */
export function iceServersFor(
  { iceServers, turnSecret }: IceServerSettings,
  user: string,
  date: number,
): readonly IceServer[] {
  const stun = iceServers.filter((url) => url.startsWith('stun'));
  const turn = iceServers.filter((url) => url.startsWith('turn'));
  const username = `${Math.floor(date / 1000) + CREDENTIAL_SECONDS}:${user}`;
  const credential = createHmac('sha1', turnSecret ?? '')
    .update(username)
    .digest('base64');
  return [
    ...(stun.length > 0 ? [{ urls: stun }] : []),
    ...(turn.length > 0 && turnSecret !== undefined ? [{ urls: turn, username, credential }] : []),
  ];
}

/** The same for players, as values of Link headers (RFC 9725, section 4.6). */
export function iceServerLinks(servers: readonly IceServer[]): readonly string[] {
  return servers.flatMap(({ urls, username, credential }) => {
    const fields = { rel: 'ice-server', username, credential };
    const type = credential === undefined ? [] : ['credential-type="password"'];
    const given = Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}="${value}"`],
    );
    return urls.map((url) => [`<${url}>`, ...given, ...type].join('; '));
  });
}
