import { describe, expect, it } from 'vitest';
import type { LocalTransport } from '../../../server/signaling/answer.ts';
import type { PeerPlan } from '../../../server/signaling/peer-plan.ts';
import {
  MAX_FRAGMENTS,
  MAX_OFFERS_PER_MINUTE,
  SignalingDesk,
} from '../../../server/signaling/signaling-desk.ts';
import {
  SignalingFault,
  type SignalingFaultCode,
} from '../../../server/signaling/signaling-fault.ts';
import { browserOffer, type BrowserOffer } from '../../support/browser-offer.ts';

const local: LocalTransport = {
  ufrag: 'mBDt',
  pwd: 'qaNdzULQE/gQ8iiTcgPOTY',
  fingerprint: 'sha-256 80:0B',
  candidates: [
    { protocol: 'udp', address: '192.0.2.9', port: 8444 },
    { protocol: 'udp', address: '2001:db8::9', port: 8444 },
    { protocol: 'tcp', address: '192.0.2.9', port: 8443 },
  ],
  maxMessageBytes: 65_536,
};

const openDesk = (running = 'avc1.42C028') => {
  let source = 1_000;
  let resource = 0;
  const plans: PeerPlan[] = [];
  const desk = new SignalingDesk({
    running: () => running,
    randomSource: () => (source += 1),
    newResource: () => `resource${(resource += 1)}`,
  });
  const offer = (sdp: string, { login = 'login', now = 0 } = {}) =>
    desk.offer(
      { login, sdp },
      (plan) => {
        plans.push(plan);
        return Promise.resolve(local);
      },
      now,
    );
  return { desk, offer, plans };
};

const codeOf = (error: unknown): SignalingFaultCode => {
  if (error instanceof SignalingFault) return error.code;
  throw error;
};

const refusal = (act: () => unknown): SignalingFaultCode | undefined => {
  try {
    act();
  } catch (error) {
    return codeOf(error);
  }
  return undefined;
};

const refusalOf = (answer: Promise<unknown>): Promise<SignalingFaultCode | undefined> =>
  answer.then(() => undefined, codeOf);

/** The lines of one section of an answer. */
const section = (sdp: string, index: number): readonly string[] =>
  sdp
    .split(/^(?=m=)/m)
    [index + 1]?.trim()
    .split('\r\n') ?? [];

describe('an answer', () => {
  it('takes one payload type per codec, the running one first, with the numbers of the offer', async () => {
    const { sdp } = await openDesk().offer(browserOffer());
    expect(section(sdp, 0)[0]).toBe('m=video 9 UDP/TLS/RTP/SAVPF 108 115 96 110 98 111');
    expect(section(sdp, 1)[0]).toBe('m=audio 9 UDP/TLS/RTP/SAVPF 111');
    expect(section(sdp, 2)[0]).toBe('m=application 9 UDP/DTLS/SCTP webrtc-datachannel');
    expect(sdp).toContain('a=group:BUNDLE 0 1 2\r\n');
  });

  it('puts the codec that runs first, and its profile where that is offered', async () => {
    expect(section((await openDesk('vp8').offer(browserOffer())).sdp, 0)[0]).toContain(
      'SAVPF 96 110 ',
    );
    expect(section((await openDesk('avc1.F4001F').offer(browserOffer())).sdp, 0)[0]).toContain(
      'SAVPF 41 ',
    );
  });

  it('names the primary source before that of retransmissions', async () => {
    const { offer, plans } = openDesk();
    const sources = section((await offer(browserOffer())).sdp, 0).filter((line) =>
      line.startsWith('a=ssrc'),
    );
    expect(sources).toEqual([
      'a=ssrc-group:FID 1001 1002',
      'a=ssrc:1001 cname:oriel',
      'a=ssrc:1002 cname:oriel',
    ]);
    expect(plans[0]?.video).toMatchObject({ ssrc: 1001, retransmissionSsrc: 1002 });
  });

  it('repeats the ids of the extensions that it writes, and no others', async () => {
    const extensions = section((await openDesk().offer(browserOffer())).sdp, 0).filter((line) =>
      line.startsWith('a=extmap'),
    );
    expect(extensions.map((line) => line.split(' ', 1)[0])).toEqual([
      'a=extmap:4',
      'a=extmap:5',
      'a=extmap:13',
    ]);
  });

  it('has the candidates once, and its transport in every section', async () => {
    const { sdp, candidates } = await openDesk().offer(browserOffer());
    expect(sdp.match(/a=candidate/g)).toHaveLength(3);
    expect(sdp.match(/a=ice-ufrag:mBDt/g)).toHaveLength(3);
    expect(candidates).toEqual([
      'candidate:1 1 udp 2130706431 192.0.2.9 8444 typ host',
      'candidate:2 1 udp 2130706175 2001:db8::9 8444 typ host',
      'candidate:3 1 tcp 1520434687 192.0.2.9 8443 typ host tcptype passive',
    ]);
  });

  it.each([
    ['actpass', 'active'],
    ['active', 'passive'],
    ['passive', 'active'],
  ])('answers setup %s with %s', async (offered, answered) => {
    const { sdp } = await openDesk().offer(browserOffer({ setup: offered }));
    expect(/a=setup:(\w+)/.exec(sdp)?.[1]).toBe(answered);
  });

  it('takes a section with port 0 that is bundle-only', async () => {
    const videoMedia = 'm=video 0 UDP/TLS/RTP/SAVPF 108';
    const { sdp } = await openDesk().offer(
      browserOffer({ videoMedia, videoLines: ['a=bundle-only'] }),
    );
    expect(section(sdp, 0)[0]).toBe('m=video 9 UDP/TLS/RTP/SAVPF 108');
  });

  it('refuses sections outside of the bundle, in their places', async () => {
    const { sdp } = await openDesk().offer(browserOffer({ group: 'BUNDLE 0 2' }));
    expect(section(sdp, 1)[0]).toBe('m=audio 0 UDP/TLS/RTP/SAVPF 111');
    expect(sdp).toContain('a=group:BUNDLE 0 2\r\n');
  });

  it('takes nothing of the candidates of an offer', async () => {
    const { offer, plans } = openDesk();
    await offer(browserOffer());
    expect(JSON.stringify(plans)).not.toContain('198.51.100.7');
  });
});

describe('an offer is refused', () => {
  const cases: readonly [string, string, SignalingFaultCode][] = [
    ['that is no session description', 'hello', 'sdpMalformed'],
    ['that is too large', browserOffer() + 'a=x\r\n'.repeat(20_000), 'sdpTooLarge'],
    ['without a fingerprint', browserOffer().replace(/a=fingerprint.*\r\n/g, ''), 'sdpMalformed'],
    ['without ICE credentials', browserOffer({ ufrag: 'a b' }), 'sdpMalformed'],
    ['with another setup', browserOffer({ setup: 'holdconn' }), 'sdpMalformed'],
    ['that sends only', browserOffer().replaceAll('a=recvonly', 'a=sendonly'), 'offerUnacceptable'],
    [
      'without RTCP beside RTP',
      browserOffer().replaceAll('a=rtcp-mux\r\n', ''),
      'offerUnacceptable',
    ],
    ['with one mid twice', browserOffer().replace('a=mid:1', 'a=mid:0'), 'sdpMalformed'],
  ];
  it.each(cases)('%s', async (_, sdp, code) => {
    expect(await refusalOf(openDesk().offer(sdp))).toBe(code);
  });

  it('when a login makes too many in a minute, others may', async () => {
    const { offer } = openDesk();
    for (let made = 0; made < MAX_OFFERS_PER_MINUTE; made += 1)
      await offer(browserOffer(), { now: made });
    expect(await refusalOf(offer(browserOffer(), { now: 59_000 }))).toBe('tooManyOffers');
    expect(await refusalOf(offer(browserOffer(), { now: 59_000, login: 'other' }))).toBeUndefined();
    expect(await refusalOf(offer(browserOffer(), { now: 60_000 }))).toBeUndefined();
  });

  it('when no transport can be opened, and is forgotten', async () => {
    const { desk } = openDesk();
    const refuse = () => Promise.reject(new SignalingFault('webRtcFailed'));
    const answer = desk.offer({ login: 'login', sdp: browserOffer() }, refuse, 0);
    expect(await refusalOf(answer)).toBe('webRtcFailed');
    expect(desk.size).toBe(0);
  });
});

describe('a session', () => {
  const withSession = async (given: BrowserOffer = {}) => {
    const { desk, offer } = openDesk();
    const { resource, etag } = await offer(browserOffer(given));
    const patch = (
      fragment: string,
      more: { readonly login?: string; readonly tags?: readonly string[] | '*' } = {},
    ) =>
      refusal(() =>
        desk.candidates({ login: 'login', resource, fragment, tags: undefined, ...more }),
      );
    return { desk, resource, tags: [etag], patch };
  };

  const own = 'a=ice-ufrag:DZUc\r\na=ice-pwd:HlehxDXEnOjwrsrwgBtCO7pX\r\n';
  const candidate =
    'a=candidate:1 1 udp 2122260223 198.51.100.7 50836 typ host generation 0 ufrag DZUc\r\n';

  it('takes candidates of its own ICE session, known by its tag or by the peer’s user fragment', async () => {
    const { patch, tags } = await withSession();
    expect(patch(`${own}m=video 9 RTP/AVP 0\r\na=mid:0\r\n${candidate}`, { tags })).toBeUndefined();
    expect(patch(candidate, { tags: ['older', ...tags] })).toBeUndefined();
    expect(patch(`${own}${candidate}a=end-of-candidates\r\n`)).toBeUndefined();
  });

  it('refuses a restart, another tag, no tag, and what is malformed or too large', async () => {
    const { patch, tags } = await withSession();
    expect(patch('a=ice-ufrag:other\r\n', { tags })).toBe('restartUnsupported');
    expect(patch('a=ice-ufrag:other\r\n')).toBe('restartUnsupported');
    expect(patch(own, { tags: '*' })).toBe('restartUnsupported');
    expect(patch(own, { tags: ['other'] })).toBe('etagMismatch');
    expect(patch(own, { tags: [] })).toBe('etagMismatch');
    expect(patch(candidate)).toBe('etagRequired');
    expect(patch('a=x\r\n'.repeat(20_000))).toBe('sdpTooLarge');
    expect(patch(`${own}hello\r\n`)).toBe('sdpMalformed');
    expect(patch(`${own}a=candidate:1 1 udp 1 attacker\u0000.example 9 typ host\r\n`)).toBe(
      'sdpMalformed',
    );
    expect(patch(own + candidate.repeat(65))).toBe('sdpMalformed');
    expect(patch(`${own}a=ice-ufrag:other\r\n`)).toBe('sdpMalformed');
  });

  it('takes no more fragments than a client that trickles has', async () => {
    const { patch } = await withSession();
    for (let taken = 0; taken < MAX_FRAGMENTS; taken += 1) expect(patch(own)).toBeUndefined();
    expect(patch(own)).toBe('tooManyFragments');
  });

  it('is unknown to another login, and to everybody once it has ended', async () => {
    const { desk, resource, patch } = await withSession();
    expect(patch('', { login: 'other' })).toBe('resourceUnknown');
    expect(refusal(() => desk.bye({ login: 'other', resource }))).toBe('resourceUnknown');
    desk.bye({ login: 'login', resource });
    expect(patch('')).toBe('resourceUnknown');
    expect(desk.size).toBe(0);
  });
});
