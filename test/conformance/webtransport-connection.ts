import type { Certificate } from '../../certs/certificate.ts';
import type { Clock } from '../../server/session-clock.ts';
import type { ServerTransport } from '../../server/transport/transport.ts';
import type { WebTransportBackend } from '../../server/transport/webtransport-backend.ts';
import { listenWebTransport } from '../../server/transport/webtransport-listener.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { UdpRelay } from '../support/udp-relay.ts';
import type { Connection } from './conformance-peer.ts';
import { WebTransportPeer } from './webtransport-peer.ts';

/** Makes connections over a backend: a listener, a relay and a client for each. */
export function webTransportConnect(
  backend: WebTransportBackend,
  certificate: Certificate,
): (clock: Clock) => Promise<Connection> {
  return async (clock) => {
    const arrived = Promise.withResolvers<ServerTransport>();
    const listener = await listenWebTransport({
      backend,
      certificate,
      host: '127.0.0.1',
      port: 0,
      allowedOrigins: undefined,
      clock,
      logger: silentLogger,
      authorize: () => true,
      onTransport: (transport) => arrived.resolve(transport),
    });
    const relay = await UdpRelay.open(listener.port);
    const peer = await WebTransportPeer.connect(relay, {
      path: '/dtf/1',
      sha256: certificate.sha256,
    });
    return {
      server: await arrived.promise,
      peer,
      dispose: async () => {
        peer.dispose();
        await listener.close();
        relay.close();
      },
    };
  };
}
