import { once } from 'node:events';
import { WebSocket } from 'ws';

type Tickets = Readonly<Record<'webSocket' | 'webTransport' | 'webRtc', string>>;

/** What a page gets to connect by (server/http/api.ts). */
export interface TicketOffer {
  readonly tickets: Tickets;
  readonly webTransport: {
    readonly port: number;
    readonly path: string;
    /** SHA-256, in base64. */
    readonly certificateHashes: readonly string[];
  };
}

/** A login at a gateway as a page has it: its cookie, and requests in its name. */
export class LoggedIn {
  readonly origin: string;
  /** Path of the page without its last slash, empty at the root. */
  readonly path: string;
  readonly #cookie: string;

  private constructor({ origin, pathname }: URL, cookie: string) {
    this.origin = origin;
    this.path = pathname.replace(/\/$/, '');
    this.#cookie = cookie;
  }

  /** Opens a link. */
  static async open(link: string): Promise<LoggedIn> {
    const url = new URL(link);
    const login = new LoggedIn(url, '');
    const answer = await login.post('/api/login', { token: url.hash.replace('#token=', '') });
    if (!answer.ok) throw new Error(`login: expected success, got ${answer.status}`);
    return new LoggedIn(url, answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '');
  }

  /** The single-use tickets of one attempt to connect. */
  async tickets(): Promise<Tickets> {
    return (await this.ticketOffer()).tickets;
  }

  /** The answer of the API with those tickets. */
  async ticketOffer(): Promise<TicketOffer> {
    const answer = await this.post('/api/ticket', {});
    if (!answer.ok) throw new Error(`tickets: expected success, got ${answer.status}`);
    return (await answer.json()) as TicketOffer;
  }

  /** Ends the login, and with it everything that it has connected. */
  async logOut(): Promise<void> {
    await this.post('/api/logout', {});
  }

  /** @param path below that of the page */
  post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...this.#headers };
    const url = this.origin + this.path + path;
    return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** A WebSocket with a fresh ticket; it is open when this resolves, and has said nothing. */
  async webSocket(): Promise<WebSocket> {
    const { webSocket: ticket } = await this.tickets();
    const url = `${this.origin.replace('http', 'ws')}${this.path}/dtf/1`;
    const socket = new WebSocket(url, ['dtf.1', `ticket.${ticket}`], { headers: this.#headers });
    await once(socket, 'open');
    return socket;
  }

  get #headers(): Readonly<Record<'origin' | 'cookie', string>> {
    return { origin: this.origin, cookie: this.#cookie };
  }
}
