/** A page of another site with players that know nothing of this project, as their packages have them. */
import { WebRTCPlayer } from '@eyevinn/webrtc-player';
import { WHEPClient } from 'whip-whep/whep.js';
import {
  BLOCK,
  decodePattern,
  PATTERN_WIDTH,
  type PatternMark,
} from '../../../../client/stats/pattern-probe.ts';

/** Where to play from, and with what right. */
export interface Channel {
  /** Of the WHEP endpoint. */
  readonly url: string;
  readonly token: string;
}

/** What the test asks of the page. */
export interface PlayerPage {
  /** Begins to play; rejects, or resolves with what the player says of it, when the endpoint is refused. */
  play(player: PlayerName, channel: Channel): Promise<string | undefined>;
  /** The mark in the picture that the video element shows now; undefined while there is none. */
  mark(): PatternMark | undefined;
  /** Says goodbye as the player does. */
  stop(): Promise<void>;
}

/** The packages. */
export type PlayerName = '@eyevinn/webrtc-player' | 'whip-whep';

declare global {
  var players: PlayerPage;
}

const [video] = document.getElementsByTagName('video');
if (video === undefined) throw new Error('video: expected one on the page');

let stop = (): Promise<void> => Promise.resolve();

const players: Readonly<Record<PlayerName, (channel: Channel) => Promise<string | undefined>>> = {
  '@eyevinn/webrtc-player': async ({ url, token }) => {
    const player = new WebRTCPlayer({ video, type: 'whep', iceServers: [] });
    stop = () => player.unload();
    // It tells of success by nothing, then the element plays, and of an offer that the browser may not send by a rejection of nobody's.
    const told = new Promise<string | undefined>((resolve) => {
      addEventListener('unhandledrejection', ({ reason }) => resolve(String(reason)), {
        once: true,
      });
      video.addEventListener('playing', () => resolve(undefined), { once: true });
    });
    await player.load(new URL(url), `Bearer ${token}`);
    return told;
  },
  'whip-whep': async ({ url, token }) => {
    const connection = new RTCPeerConnection();
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.addTransceiver('video', { direction: 'recvonly' });
    const stream = new MediaStream();
    connection.ontrack = ({ track }) => stream.addTrack(track);
    video.srcObject = stream;
    const client = new WHEPClient();
    stop = () => client.stop();
    await client.view(connection, url, token);
    return undefined;
  },
};

const canvas = new OffscreenCanvas(PATTERN_WIDTH, 1);
const context = canvas.getContext('2d', { willReadFrequently: true });

globalThis.players = {
  play: (player, channel) => players[player](channel),
  mark: () => {
    if (context === null || video.videoWidth < PATTERN_WIDTH) return undefined;
    context.drawImage(video, 0, BLOCK / 2, PATTERN_WIDTH, 1, 0, 0, PATTERN_WIDTH, 1);
    const { data } = context.getImageData(0, 0, PATTERN_WIDTH, 1);
    // Green, from the middle of each block.
    return decodePattern((index) => data[4 * Math.floor((index + 0.5) * BLOCK) + 1] ?? 0);
  },
  stop: () => stop(),
};
