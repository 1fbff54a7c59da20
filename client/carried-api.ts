import { Answers } from './answers.ts';
import type { FromNetworkWorker, ToNetworkWorker } from './network/network-messages.ts';
import type { ApiAnswer, ApiRequest } from './transport/request-channel.ts';

/** The gateway's HTTP API for the page, carried by the session's connection where there is one. */
export class CarriedApi {
  readonly #toNetwork: (message: ToNetworkWorker) => void;
  readonly #answers = new Answers<ApiAnswer | undefined>();

  constructor(toNetwork: (message: ToNetworkWorker) => void) {
    this.#toNetwork = toNetwork;
  }

  /**
   * Asks by the session's connection alone; undefined where none carries it.
   *
   * @throws PlayerClosedError (as a rejection) when the player is closed first
   */
  carry(asked: ApiRequest): Promise<ApiAnswer | undefined> {
    return this.#answers.ask((request) => this.#toNetwork({ type: 'ask', request, asked }));
  }

  /**
   * Reads by the session's connection, or by HTTP where none carries it.
   *
   * @param path of the API, with a slash before it
   * @returns what was answered, as JSON; undefined when it was refused or nobody answers
   */
  async read(path: string): Promise<unknown> {
    try {
      const carried = await this.carry({ method: 'GET', path, body: '' });
      if (carried === undefined) return await readByHttp(path);
      return carried.status === 200 ? (JSON.parse(carried.body) as unknown) : undefined;
    } catch {
      // No network, no JSON, or no player any more: there is nothing to show.
      return undefined;
    }
  }

  answered({ request, answer }: Extract<FromNetworkWorker, { type: 'answered' }>): void {
    this.#answers.give(request, answer);
  }

  /** Idempotent. */
  close(): void {
    this.#answers.close();
  }
}

async function readByHttp(path: string): Promise<unknown> {
  const response = await fetch(new URL(`.${path}`, location.href), {
    credentials: 'same-origin',
    cache: 'no-store',
  });
  return response.ok ? await response.json() : undefined;
}
