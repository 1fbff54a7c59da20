import { describe, expect, it } from 'vitest';
import { Trickle } from '../../../client/webrtc/trickle.ts';
import { readFragment } from '../../../server/signaling/fragment.ts';
import { browserOffer } from '../../support/browser-offer.ts';

const host =
  'candidate:1 1 udp 2113937151 0b1c.local 50836 typ host generation 0 ufrag DZUc network-cost 999';
const relayed =
  'candidate:2 1 tcp 41885439 203.0.113.9 49160 typ relay raddr 0.0.0.0 rport 0 tcptype passive';

describe('candidates on their way', () => {
  it('go with the name of their ICE session and section, each once, as the gateway reads them', () => {
    const trickle = new Trickle();
    const sdp = browserOffer({ ufrag: 'DZUc' });
    expect(trickle.next(sdp)).toBeUndefined();
    trickle.found(host);
    trickle.found(relayed);
    const fragment = trickle.next(sdp) ?? '';
    expect(fragment.split('\r\n')).toEqual([
      'a=ice-ufrag:DZUc',
      'a=ice-pwd:HlehxDXEnOjwrsrwgBtCO7pX',
      expect.stringMatching(/^m=video 9 /),
      'a=mid:0',
      `a=${host}`,
      `a=${relayed}`,
      '',
    ]);
    expect(readFragment(fragment)).toEqual({ ufrag: 'DZUc' });
    expect(trickle.next(sdp)).toBeUndefined();
  });

  it('end once', () => {
    const trickle = new Trickle();
    trickle.found('');
    expect(trickle.next(browserOffer())).toBeUndefined();
    trickle.found(undefined);
    expect(trickle.next(browserOffer())).toContain('a=end-of-candidates\r\n');
    expect(trickle.next(browserOffer())).toBeUndefined();
  });
});
