/** The player was closed before the answer came. */
export class PlayerClosedError extends Error {
  override readonly name = 'PlayerClosedError';
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (why: PlayerClosedError) => void;
}

/** Questions of one kind to a worker, each with a number of its own, that wait for their answers. */
export class Answers<Answer> {
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #asked = 0;
  #isClosed = false;

  /** Numbers of the questions without an answer, the oldest first. */
  get unanswered(): readonly number[] {
    return [...this.#waiting.keys()];
  }

  /**
   * Asks by `send`, which is given the question's number.
   *
   * @throws PlayerClosedError (as a rejection) when `close` comes before the answer
   */
  ask(send: (request: number) => void): Promise<Answer> {
    this.#asked += 1;
    const request = this.#asked;
    if (this.#isClosed) return Promise.reject(closedBefore());
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      send(request);
    });
  }

  /** Without effect for a number that nobody waits for. */
  give(request: number, answer: Answer): void {
    this.#waiting.get(request)?.resolve(answer);
    this.#waiting.delete(request);
  }

  /** No answer comes any more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(closedBefore());
    this.#waiting.clear();
  }
}

const closedBefore = (): PlayerClosedError =>
  new PlayerClosedError('the player was closed before the answer came');
