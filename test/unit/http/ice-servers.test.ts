import { describe, expect, it } from 'vitest';
import {
  CREDENTIAL_SECONDS,
  iceServerLinks,
  iceServersFor,
} from '../../../server/http/ice-servers.ts';

const STUN = 'stun:stun.example:3478';
const TURN = ['turn:turn.example:3478?transport=udp', 'turns:turn.example'];
const settings = { iceServers: [STUN, ...TURN], turnSecret: 'a secret of the tests' };
const date = 1_800_000_000_500;

describe('STUN and TURN servers', () => {
  it('are none unless the settings name some', () => {
    expect(iceServersFor({ iceServers: [] }, 'me', date)).toEqual([]);
    expect(iceServersFor({ iceServers: [], turnSecret: 'unused' }, 'me', date)).toEqual([]);
  });

  it('of TURN let somebody in for 10 minutes', () => {
    expect(CREDENTIAL_SECONDS).toBe(600);
    expect(iceServersFor(settings, 'me', date)).toEqual([
      { urls: [STUN] },
      // printf 1800000600:me | openssl dgst -sha1 -hmac 'a secret of the tests' -binary | base64
      { urls: TURN, username: '1800000600:me', credential: '0T1P66XIe38Umzyj44VvOra2z/w=' },
    ]);
  });

  it('come to players as links', () => {
    const [, { credential = '' } = {}] = iceServersFor(settings, 'me', date);
    const access = `username="1800000600:me"; credential="${credential}"; credential-type="password"`;
    expect(iceServerLinks(iceServersFor(settings, 'me', date))).toEqual([
      `<${STUN}>; rel="ice-server"`,
      ...TURN.map((url) => `<${url}>; rel="ice-server"; ${access}`),
    ]);
  });
});
