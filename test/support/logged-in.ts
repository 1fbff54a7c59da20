/** A login at a gateway as a page has it: its cookie, and requests in its name. */
export class LoggedIn {
  readonly origin: string;
  readonly #cookie: string;

  private constructor(origin: string, cookie: string) {
    this.origin = origin;
    this.#cookie = cookie;
  }

  /** Opens a link. */
  static async open(link: string): Promise<LoggedIn> {
    const { origin, hash } = new URL(link);
    const login = new LoggedIn(origin, '');
    const answer = await login.post('/api/login', { token: hash.replace('#token=', '') });
    return new LoggedIn(origin, answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '');
  }

  /** The single-use tickets of one attempt to connect. */
  async tickets(): Promise<Readonly<Record<'webSocket' | 'webTransport' | 'webRtc', string>>> {
    const answer: unknown = await (await this.post('/api/ticket', {})).json();
    return (answer as { readonly tickets: Awaited<ReturnType<LoggedIn['tickets']>> }).tickets;
  }

  post(path: string, body: object): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      origin: this.origin,
      cookie: this.#cookie,
    };
    return fetch(this.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
  }
}
