import { loopbackCertificate, rwebtransport } from '../support/webtransport-server.ts';
import { transportConformance } from './transport.conformance.ts';
import { webTransportConnect } from './webtransport-connection.ts';

/**
 * What may be under way to a peer that takes nothing: two writes in the stack, and its first congestion window of ten
 * packets beyond the window that the transport knows.
 */
const slackBytes = 2 * 16_384 + 10 * 1_350;

transportConformance(
  'webtransport (rwebtransport)',
  webTransportConnect(rwebtransport(), await loopbackCertificate()),
  { isOrdered: false, slackBytes },
);
