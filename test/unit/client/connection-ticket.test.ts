import { describe, expect, it } from 'vitest';
import { parseTicket } from '../../../client/session-api.ts';

describe('connection ticket', () => {
  const page = new URL('https://desk.example:8443/app?transport=websocket#x');
  const answer = {
    tickets: { webSocket: 'ws-ticket', webTransport: 'wt-ticket' },
    webSocketPath: '/dtf/1',
    webTransport: { port: 8444, path: '/dtf/1', certificateHashes: ['AQID'] },
  };

  it('becomes addresses of the page’s own host', () => {
    expect(parseTicket(answer, page)).toEqual({
      webSocketUrl: 'wss://desk.example:8443/dtf/1',
      webSocketTicket: 'ws-ticket',
      webTransport: {
        url: 'https://desk.example:8444/dtf/1?ticket=wt-ticket',
        certificateHashes: [Uint8Array.of(1, 2, 3)],
      },
    });
  });

  it('works on plain http and without WebTransport', () => {
    const local = new URL('http://127.0.0.1:8080/');
    expect(parseTicket({ ...answer, webTransport: null }, local)).toMatchObject({
      webSocketUrl: 'ws://127.0.0.1:8080/dtf/1',
      webTransport: undefined,
    });
    const withWebTransport = parseTicket(answer, local).webTransport;
    expect(withWebTransport?.url).toBe('https://127.0.0.1:8444/dtf/1?ticket=wt-ticket');
  });

  it('says where to offer a WebRTC connection, where the gateway has that', () => {
    const { tickets } = answer;
    const offered = {
      ...answer,
      tickets: { ...tickets, webRtc: 'rtc' },
      webRtcPath: '/api/webrtc',
    };
    expect(parseTicket(offered, page).webRtc).toEqual({
      url: 'https://desk.example:8443/api/webrtc',
      ticket: 'rtc',
    });
    expect(parseTicket({ ...offered, webRtcPath: null }, page).webRtc).toBeUndefined();
    const iceServers = [
      { urls: ['stun:stun.example:3478'] },
      { urls: ['turn:turn.example?transport=udp'], username: '9:me', credential: 'c2VjcmV0' },
    ];
    expect(parseTicket({ ...offered, iceServers }, page).webRtc?.iceServers).toEqual(iceServers);
    expect(() => parseTicket({ ...offered, iceServers: ['stun:x'] }, page)).toThrow('iceServers');
  });

  it('is refused when fields are missing', () => {
    expect(() => parseTicket({}, page)).toThrow('tickets.webSocket');
    expect(() => parseTicket({ ...answer, webTransport: {} }, page)).toThrow('webTransport');
  });
});
