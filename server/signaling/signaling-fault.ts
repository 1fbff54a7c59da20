/**
 * Why a signaling request is refused: the HTTP status that RFC 9725 (WHIP, which WHEP follows) gives it, and words for people, by a
 * code that stays.
 */
export const signalingFaults = {
  sdpMalformed: { status: 400, message: 'the session description is malformed' },
  resourceUnknown: { status: 404, message: 'there is no such WebRTC session' },
  etagMismatch: { status: 412, message: 'the ICE session has another entity tag' },
  sdpTooLarge: { status: 413, message: 'the session description is larger than 64 KB' },
  offerUnacceptable: {
    status: 422,
    message:
      'the offer has nothing that this server sends: H.264, VP8 or VP9 to receive, bundled and multiplexed',
  },
  restartUnsupported: {
    status: 422,
    message: 'ICE restarts are not supported; post a new offer instead',
  },
  etagRequired: {
    status: 428,
    message: 'the request has to name its ICE session, by If-Match or by its user fragment',
  },
  tooManyFragments: { status: 429, message: 'too many candidates for one WebRTC session' },
  tooManyOffers: { status: 429, message: 'too many offers; wait a minute' },
  webRtcFailed: {
    status: 503,
    message: 'the process that carries WebRTC did not open a connection; try again',
  },
  tooManySessions: { status: 503, message: 'too many WebRTC sessions stand; try again later' },
} as const satisfies Readonly<
  Record<string, { readonly status: number; readonly message: string }>
>;

/** A code of the table. */
export type SignalingFaultCode = keyof typeof signalingFaults;

/** A request that is refused; thrown where it is noticed, answered where it came in. */
export class SignalingFault extends Error {
  override readonly name = 'SignalingFault';
  readonly code: SignalingFaultCode;
  readonly status: number;

  /** @param detail what of the request was wrong, for logs: names the field, the expected and the actual value */
  constructor(code: SignalingFaultCode, detail?: string) {
    const { message, status } = signalingFaults[code];
    super(detail === undefined ? message : `${message} (${detail})`);
    this.code = code;
    this.status = status;
  }
}
