import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../protocol/control/control-unit.ts';
import { isDataUnitId } from '../../protocol/unit-id.ts';
import type { LoggedIn } from './logged-in.ts';
import { waitUntil } from './wait.ts';
import type { WeriftPeer } from './werift-peer.ts';

/** How long the handshake may take, ms, on a loaded machine. */
const OPEN_MS = 15_000;

/** A client without a browser that speaks DTF/1 on the data channel. */
export class ChannelClient {
  readonly login: LoggedIn;
  readonly peer: WeriftPeer;
  /** The offer as it was posted. */
  readonly offered: object;
  /** Names the WebRTC session. */
  readonly resource: string;

  private constructor(made: Pick<ChannelClient, 'login' | 'peer' | 'offered' | 'resource'>) {
    this.login = made.login;
    this.peer = made.peer;
    this.offered = made.offered;
    this.resource = made.resource;
  }

  /**
   * Connects in the name of a login; the channel is open when this resolves, and nothing was said.
   *
   * @param peer with a data channel `dtf.1`
   * @param path changes the answer before the peer reads it
   */
  static async open(
    login: LoggedIn,
    peer: WeriftPeer,
    path: (answer: string) => Promise<string> = (answer) => Promise.resolve(answer),
  ): Promise<ChannelClient> {
    const { webRtc: ticket } = await login.tickets();
    const offered = { type: 'offer', sdp: await peer.offer(), ticket };
    const answer = await login.post('/api/webrtc', offered);
    if (answer.status !== 201) throw new Error(`offer: ${answer.status} ${await answer.text()}`);
    const { sdp, resource } = (await answer.json()) as { sdp: string; resource: string };
    await peer.answered(await path(sdp));
    await waitUntil(() => peer.channel?.readyState === 'open', OPEN_MS);
    return new ChannelClient({ login, peer, offered, resource });
  }

  say(unit: ControlUnit): void {
    this.peer.channel?.send(Buffer.from(encodeControl(unit)));
  }

  /** The control units that came. */
  get heard(): readonly ControlUnit[] {
    return this.peer.messages.flatMap((message) =>
      isDataUnitId(message[0] ?? 0) ? [] : [decodeControl(message)],
    );
  }

  /** Says what it decodes, and is given pictures and sound from then on. */
  hello(): void {
    this.say({
      type: 'hello',
      hello: { versions: [1], video: ['avc1.42E01F'], audio: ['opus'] },
    });
  }
}
