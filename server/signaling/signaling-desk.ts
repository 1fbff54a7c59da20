import { candidatesOf, writeAnswer, type LocalTransport } from './answer.ts';
import { readFragment } from './fragment.ts';
import { readOffer } from './offer.ts';
import { planPeer, type PeerPlan } from './peer-plan.ts';
import { SignalingFault } from './signaling-fault.ts';

/** Offers of one login in a minute: each costs a certificate and a handshake. A page that reconnects makes one in some seconds. */
export const MAX_OFFERS_PER_MINUTE = 10;
const MINUTE_MS = 60_000;

/** Fragments of one WebRTC session: a client that trickles sends one for each candidate, and gathers below ten (guess). */
export const MAX_FRAGMENTS = 64;

export interface SignalingDeskOptions {
  /** Codec string of the picture as it runs; undefined before its first keyframe. */
  running(): string | undefined;
  /** A number from 0 to 2^32 - 1, for a source of RTP. */
  randomSource(): number;
  /** A name that nobody guesses, for a WebRTC session. */
  newResource(): string;
}

/** What an offer is told. */
export interface Answered {
  readonly sdp: string;
  /** As in `a=candidate`, without `a=`. */
  readonly candidates: readonly string[];
  /** Names the WebRTC session from now on; only its client knows it. */
  readonly resource: string;
  /** Of the ICE session (RFC 9725, section 4.3.1.1), without quotes. */
  readonly etag: string;
}

/** Opens this side of a transport; a rejection refuses the offer. */
export type OpenPeer = (plan: PeerPlan, resource: string) => Promise<LocalTransport>;

interface OpenSession {
  readonly login: string;
  readonly etag: string;
  /** User fragment of the peer, which a restart would change. */
  readonly ufrag: string;
  /** How many fragments it has sent. */
  fragments: number;
}

/**
 * The signaling of WebRTC, apart from what carries it: offer, answer, candidates, restart and bye. A pure core: what opens a
 * transport is given with each offer, time is an argument in milliseconds.
 */
export class SignalingDesk {
  readonly #options: SignalingDeskOptions;
  readonly #sessions = new Map<string, OpenSession>();
  /** When each login made its offers of the last minute. */
  readonly #offers = new Map<string, readonly number[]>();

  constructor(options: SignalingDeskOptions) {
    this.#options = options;
  }

  /** How many WebRTC sessions stand. */
  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Answers an offer of a login. What `open` resolved with may end in a later turn only: its end would come before its beginning here.
   *
   * @throws {@link SignalingFault} tooManyOffers, sdpTooLarge, sdpMalformed or offerUnacceptable
   */
  async offer({ login, sdp }: SignalingOffer, open: OpenPeer, now: number): Promise<Answered> {
    this.#count(login, now);
    const offer = readOffer(sdp);
    const plan = planPeer(offer, {
      running: this.#options.running(),
      randomSource: () => this.#options.randomSource(),
    });
    if (plan.video === undefined && plan.audio === undefined) {
      throw new SignalingFault('offerUnacceptable');
    }
    const resource = this.#options.newResource();
    const local = await open(plan, resource);
    const { ufrag } = offer.transport;
    // The user fragment is new for each ICE session, and no secret.
    const etag = local.ufrag;
    this.#sessions.set(resource, { login, etag, ufrag, fragments: 0 });
    const answer = writeAnswer(offer, plan, local);
    return { sdp: answer, candidates: candidatesOf(local), resource, etag };
  }

  /**
   * Takes candidates of the peer, which are of no use (see `readOffer`), so that a client that trickles is content. A fragment has to
   * say which ICE session it is about: by an entity tag, or by its user fragment, as some players send no tag.
   *
   * @throws {@link SignalingFault} resourceUnknown, tooManyFragments, sdpTooLarge, sdpMalformed, etagMismatch, etagRequired, or
   *   restartUnsupported for another ICE session
   */
  candidates({ login, resource, fragment, tags }: SignalingFragment): void {
    const session = this.#find(resource, login);
    if (session.fragments >= MAX_FRAGMENTS) throw new SignalingFault('tooManyFragments');
    session.fragments += 1;
    const { ufrag } = readFragment(fragment);
    if (tags === '*') throw new SignalingFault('restartUnsupported');
    if (tags !== undefined && !tags.includes(session.etag)) {
      throw new SignalingFault('etagMismatch');
    }
    if (ufrag !== undefined && ufrag !== session.ufrag) {
      throw new SignalingFault('restartUnsupported');
    }
    if (tags === undefined && ufrag === undefined) throw new SignalingFault('etagRequired');
  }

  /** @throws {@link SignalingFault} resourceUnknown */
  bye({ login, resource }: Pick<SignalingFragment, 'login' | 'resource'>): void {
    this.#find(resource, login);
    this.#sessions.delete(resource);
  }

  /** The transport of a session has ended by itself. */
  ended(resource: string): void {
    this.#sessions.delete(resource);
  }

  /** Nobody learns whether a session of somebody else exists. */
  #find(resource: string, login: string): OpenSession {
    const session = this.#sessions.get(resource);
    if (session?.login !== login) throw new SignalingFault('resourceUnknown');
    return session;
  }

  #count(login: string, now: number): void {
    for (const [other, moments] of this.#offers) {
      if ((moments.at(-1) ?? 0) <= now - MINUTE_MS) this.#offers.delete(other);
    }
    const recent = (this.#offers.get(login) ?? []).filter((moment) => moment > now - MINUTE_MS);
    if (recent.length >= MAX_OFFERS_PER_MINUTE) throw new SignalingFault('tooManyOffers');
    this.#offers.set(login, [...recent, now]);
  }
}

/** A peer asks for the stream. */
export interface SignalingOffer {
  /** Number of the login session in whose name it asks. */
  readonly login: string;
  readonly sdp: string;
}

/** A peer says more about a session that stands. */
export interface SignalingFragment {
  readonly login: string;
  readonly resource: string;
  /** `application/trickle-ice-sdpfrag` (RFC 8840). */
  readonly fragment: string;
  /** The strong entity tags of If-Match, without quotes; `*` asks for a restart; undefined: none were given. */
  readonly tags: readonly string[] | '*' | undefined;
}
