import { MAX_SDP_BYTES } from './sdp.ts';
import { SignalingFault } from './signaling-fault.ts';

/** Candidates in one fragment: several addresses of each kind of many interfaces (guess; browsers gather below ten). */
const MAX_CANDIDATES = 64;

/** A line of a fragment: attributes and pseudo m-lines, of printable characters (RFC 8840, section 9.1). */
const LINE = /^[am]=[\x20-\x7e]{1,1024}$/;

const UFRAG = /^a=ice-ufrag:([A-Za-z0-9+/]{4,256})$/;

/** RFC 8839, section 5.1, with the component, the transports and the types that are in use; addresses may be names (mDNS). */
const CANDIDATE =
  /^a=candidate:[A-Za-z0-9+/]{1,32} [1-9]\d{0,2} (?:udp|tcp) \d{1,10} [\w.:-]{1,253} \d{1,5} typ (?:host|srflx|prflx|relay)(?: .*)?$/i;

/** What a peer says of its side of an ICE session, as far as it matters to a server that follows no candidate. */
export interface Fragment {
  /** User fragment of the ICE session that it is about; undefined where it does not say. */
  readonly ufrag: string | undefined;
}

/**
 * Reads `application/trickle-ice-sdpfrag` (RFC 8840). Its candidates are checked and then dropped, for the reason that `readOffer` has.
 *
 * @throws {@link SignalingFault} sdpTooLarge or sdpMalformed
 */
export function readFragment(text: string): Fragment {
  if (Buffer.byteLength(text) > MAX_SDP_BYTES) throw new SignalingFault('sdpTooLarge');
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const named = new Set<string | undefined>();
  let candidates = 0;
  for (const line of lines) {
    if (!LINE.test(line)) throw new SignalingFault('sdpMalformed', 'line: expected a= or m=');
    if (line.startsWith('a=ice-ufrag:')) named.add(UFRAG.exec(line)?.[1]);
    if (!line.startsWith('a=candidate:')) continue;
    candidates += 1;
    if (candidates > MAX_CANDIDATES) {
      throw new SignalingFault('sdpMalformed', `candidates: expected at most ${MAX_CANDIDATES}`);
    }
    if (!CANDIDATE.test(line)) {
      throw new SignalingFault('sdpMalformed', 'candidate: expected that of RFC 8839');
    }
  }
  const [ufrag] = named;
  if (named.size > 1 || (named.size === 1 && ufrag === undefined)) {
    throw new SignalingFault('sdpMalformed', 'ice-ufrag: expected one');
  }
  return { ufrag };
}
