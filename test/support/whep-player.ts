import { WeriftPeer } from './werift-peer.ts';

/** A player by WHEP without a browser. */
export class WhepPlayer {
  readonly peer = new WeriftPeer();
  readonly #authorization: string;
  readonly #whep: string;
  #resource = '';

  private constructor({ origin, hash }: URL) {
    this.#whep = `${origin}/whep`;
    this.#authorization = `Bearer ${hash.replace('#token=', '')}`;
  }

  /**
   * Plays what a link leads to; the handshake may be under way.
   *
   * @param path changes the answer before the player reads it
   */
  static async open(
    link: string,
    path: (answer: string) => Promise<string> = (answer) => Promise.resolve(answer),
  ): Promise<WhepPlayer> {
    const player = new WhepPlayer(new URL(link));
    const { peer } = player;
    const answer = await player.#fetch(player.#whep, 'POST', await peer.offer(), 'application/sdp');
    if (answer.status !== 201) throw new Error(`expected an answer, got ${answer.status}`);
    player.#resource = new URL(answer.headers.get('location') ?? '', player.#whep).href;
    await peer.answered(await path(await answer.text()));
    return player;
  }

  /** Whether its session stands, by the word of the gateway. */
  async isOpen(): Promise<boolean> {
    const type = 'application/trickle-ice-sdpfrag';
    const answer = await this.#fetch(this.#resource, 'PATCH', 'a=end-of-candidates\r\n', type);
    // Whatever it says of the fragment: it knows the session.
    return answer.status !== 404;
  }

  close(): Promise<void> {
    return this.peer.close();
  }

  #fetch(url: string, method: string, body: string, type: string): Promise<Response> {
    const headers = { authorization: this.#authorization, 'content-type': type };
    return fetch(url, { method, headers, body });
  }
}
