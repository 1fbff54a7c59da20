import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import type { ServerTransport } from '../../server/transport/transport.ts';

/** What a peer got, in the order of arrival. */
export type Arrival =
  | { readonly type: 'message'; readonly message: CompleteMessage }
  | { readonly type: 'control'; readonly unit: ControlUnit };

/** How a connection ended, as the peer saw it; `code` undefined when the wire gave no session code. */
export interface PeerClosed {
  readonly code: number | undefined;
  readonly reason: string;
}

/** The client's end of a transport under test. It acknowledges what it receives as its wire wants it. */
export interface ConformancePeer {
  readonly arrivals: readonly Arrival[];
  /** Waits until something holds, looked at after each arrival; rejects when the connection ends before. */
  until(holds: (arrivals: readonly Arrival[]) => boolean): Promise<void>;
  sendControl(unit: ControlUnit): void;
  /** Sends bytes where a control unit belongs, with whatever framing the wire needs around them. */
  sendRawControl(bytes: Uint8Array): void;
  sendMessage(header: MessageHeader, payload: Uint8Array): void;
  /** Stops and resumes taking bytes off the wire. */
  setReading(isReading: boolean): void;
  close(code: number, reason: string): void;
  /** Disappears without a word: from now on no byte passes in either direction. */
  vanish(): void;
  readonly closed: Promise<PeerClosed>;
}

/** A connection under test. */
export interface Connection {
  readonly server: ServerTransport;
  readonly peer: ConformancePeer;
  /** Frees what the connection needed beside its two ends. */
  dispose(): Promise<void>;
}

/** Keeps arrivals and wakes those who wait for them. */
export class ArrivalLog {
  readonly arrivals: Arrival[] = [];
  readonly #watchers = new Set<() => void>();
  #ended: PeerClosed | undefined;

  add(arrival: Arrival): void {
    this.arrivals.push(arrival);
    this.#look();
  }

  /** Nothing more will come. */
  end(how: PeerClosed): void {
    this.#ended = how;
    this.#look();
  }

  until(holds: (arrivals: readonly Arrival[]) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (holds(this.arrivals)) resolve(undefined);
      else if (this.#ended) {
        const { code, reason } = this.#ended;
        reject(new Error(`connection ended with ${code ?? 'no code'} (${reason}) while waiting`));
      } else return;
      this.#watchers.delete(look);
    };
    this.#watchers.add(look);
    look();
    return promise;
  }

  #look(): void {
    for (const look of [...this.#watchers]) look();
  }
}
