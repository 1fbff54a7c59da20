import { UdpRelay } from './udp-relay.ts';

/**
 * Leads a client to a relay and nowhere else.
 *
 * @param answer of the gateway, with a candidate of UDP on 127.0.0.1
 */
export async function relayedBy(
  answer: string,
): Promise<{ readonly relay: UdpRelay; readonly answer: string }> {
  const [candidate = '', port] =
    /^a=candidate:.* udp \d+ 127\.0\.0\.1 (\d+) typ host\r\n/m.exec(answer) ?? [];
  const relay = await UdpRelay.open(Number(port));
  const others = answer.replace(/^a=candidate:.*\r\n/gm, '');
  const relayed = candidate.replace(` ${port} typ`, ` ${relay.port} typ`);
  return {
    relay,
    answer: others.replace('a=end-of-candidates', `${relayed}a=end-of-candidates`),
  };
}
