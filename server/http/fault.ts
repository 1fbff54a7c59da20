/**
 * Why a request is refused: HTTP status and words for people, by a code that stays (docs/errors.md lists them). Words say
 * what to do, since somebody reads them on the page.
 */
export const faults = {
  badRequest: { status: 400, message: 'the request is malformed' },
  loginRequired: { status: 401, message: 'open a one-time link or log in with the password first' },
  tokenRefused: {
    status: 401,
    message: 'this link has been used, has expired or is wrong; ask for a new one',
  },
  passwordRefused: { status: 401, message: 'the password is wrong' },
  passwordUnavailable: {
    status: 401,
    message: 'no password is set on this server; open a one-time link',
  },
  ticketRefused: {
    status: 401,
    message: 'the ticket has been used, has expired or is of another transport',
  },
  hostRefused: {
    status: 403,
    message:
      'this server does not go by the name in the address; use its address, or start it with --public-origins',
  },
  originRefused: {
    status: 403,
    message: 'the request comes from a page of another site; --public-origins names further ones',
  },
  originInsecure: {
    status: 403,
    message:
      'browsers allow video decoding and low-latency transports on https pages only; open this server by https, as localhost, or start it with --plain-http',
  },
  roleRefused: { status: 403, message: 'only a controller may do this' },
  notFound: { status: 404, message: 'there is nothing at this address' },
  methodRefused: {
    status: 405,
    message: 'this address does not take requests of this method; Allow names those that it does',
  },
  requestTimeout: { status: 408, message: 'the request took too long to arrive' },
  bodyTooLarge: { status: 413, message: 'the body of the request is too large' },
  bodyTypeRefused: { status: 415, message: 'the body of the request has to be JSON' },
  upgradeRequired: {
    status: 426,
    message: 'this address takes WebSocket connections (version 13) only',
  },
  tooManyAttempts: { status: 429, message: 'too many attempts to log in; wait a moment' },
  headersTooLarge: { status: 431, message: 'the headers of the request are too large' },
  internal: { status: 500, message: 'the server failed; its log says why' },
  full: {
    status: 503,
    message: 'as many people as this server allows are connected; try again later',
  },
  webRtcUnavailable: { status: 503, message: 'this server does not offer WebRTC' },
  pageMissing: {
    status: 503,
    message: 'the page has not been built; start the server with npm start, which builds it',
  },
} as const satisfies Readonly<
  Record<string, { readonly status: number; readonly message: string }>
>;

/** A code of the table. */
export type FaultCode = keyof typeof faults;

/** A request that is refused; thrown where it is noticed, answered in one place. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly code: FaultCode;
  readonly status: number;
  /** When asking again makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: FaultCode,
    { retryAfterSeconds }: { readonly retryAfterSeconds?: number } = {},
  ) {
    super(faults[code].message);
    this.code = code;
    this.status = faults[code].status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The body of the answer. */
  toBody(): { readonly error: { readonly code: FaultCode; readonly message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}
