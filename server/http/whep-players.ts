/** Players whose connection closed before they said goodbye; whoever never says it is pushed out by later ones. */
const MAX_LEFT = 64;

/** Who opened a WebRTC session: only they may change or end it. */
export interface WhepPlayer {
  /** Hash of the Bearer token that the offer came with. */
  readonly bearerHash: string;
  /** Id of the login. */
  readonly session: string;
}

/** The players by WHEP, by the resource that each was given. */
export class WhepPlayers {
  readonly #playing = new Map<string, WhepPlayer>();
  readonly #left = new Map<string, WhepPlayer>();

  began(resource: string, player: WhepPlayer): void {
    this.#playing.set(resource, player);
  }

  /** The player who has that resource and that token, while it plays. */
  find(resource: string, bearerHash: string): WhepPlayer | undefined {
    return whose(this.#playing, resource, bearerHash);
  }

  /** The session has ended, whoever ended it. */
  ended(resource: string): void {
    const player = this.#playing.get(resource);
    if (player === undefined) return;
    this.#playing.delete(resource);
    this.#left.set(resource, player);
    const [oldest] = this.#left.keys();
    if (oldest !== undefined && this.#left.size > MAX_LEFT) this.#left.delete(oldest);
  }

  /** A player has said goodbye: its resource is gone (RFC 9725, section 4.2). */
  saidGoodbye(resource: string): void {
    this.#playing.delete(resource);
  }

  /**
   * Takes the goodbye of a player whose session has ended by itself. Players close the connection first and send the DELETE then, so that
   * the end of the connection is mostly here before it.
   */
  takeLeave(resource: string, bearerHash: string): boolean {
    return whose(this.#left, resource, bearerHash) !== undefined && this.#left.delete(resource);
  }
}

function whose(
  players: ReadonlyMap<string, WhepPlayer>,
  resource: string,
  bearerHash: string,
): WhepPlayer | undefined {
  const player = players.get(resource);
  return player?.bearerHash === bearerHash ? player : undefined;
}
