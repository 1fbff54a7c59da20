import { describe, expect, test } from 'vitest';

import { loadBackend } from '../../server/transport/webtransport-loader.ts';
import { keptLog, loopbackCertificate } from '../support/webtransport-server.ts';
import { transportConformance } from './transport.conformance.ts';
import { webTransportConnect } from './webtransport-connection.ts';

const log = keptLog();
const backend = await loadBackend('fails-components', log);

if (backend === undefined) {
  describe('webtransport (fails-components)', () => {
    test('says once that it is off, since its package is not installed', () => {
      expect(log.lines).toEqual([
        { level: 'warn', message: 'webtransport is off: its library does not load here' },
      ]);
    });

    test.skip(
      'conformance: needs @fails-components/webtransport and its http3-quiche transport, which are not installed here',
    );
  });
} else {
  transportConformance(
    'webtransport (fails-components)',
    webTransportConnect(backend, await loopbackCertificate()),
    { isOrdered: false, slackBytes: 2 * 16_384 + 64 * 1_350 },
  );
}
