import { describeBrowser } from '../../support/browser-plays.ts';
import { firefox } from '../../support/firefox.ts';

describeBrowser(firefox, [
  { title: 'by itself', rung: 'webCodecs', transport: 'webtransport' },
  {
    title: 'asked for Media Source and WebSocket',
    asks: { rung: 'mediaSource', transport: 'websocket' },
    rung: 'mediaSource',
    transport: 'websocket',
  },
  { title: 'asked for WebRTC', asks: { rung: 'webRtc' }, rung: 'webRtc', transport: 'webrtc' },
]);
