import {
  SessionCode,
  sessionCodeFromWebSocket,
  webSocketCloseCode,
} from '../../protocol/errors.ts';
import { memoryPair } from '../../server/transport/memory.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { transportConformance } from './transport.conformance.ts';
import { UnitPeer } from './unit-peer.ts';

transportConformance('memory', (clock) => {
  const { server, client } = memoryPair({ clock, logger: silentLogger });
  const peer = new UnitPeer({
    send: (unit) => client.send(unit),
    setReading: (isReading) => client.setReading(isReading),
    close: (code, reason) => client.close(webSocketCloseCode(code as SessionCode), reason),
    vanish: () => client.vanish(),
    closed: client.closed.then(({ code, reason }) => ({
      code: sessionCodeFromWebSocket(code),
      reason,
    })),
  });
  client.receive((unit) => peer.take(unit));
  return Promise.resolve({ server, peer, dispose: () => Promise.resolve() });
});
