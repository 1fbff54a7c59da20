/** What a login lets its owner do; the server keeps it, nothing that a client sends changes it. */
export type Role = 'controller' | 'viewer';

/** The transports that tickets are made for. */
export type TicketTransport = 'webSocket' | 'webTransport' | 'webRtc';

/** What a redeemed ticket says about the connection that brings it. */
export interface Grant {
  /** Number of the login session; no secret, yet never shown to other clients. */
  readonly session: string;
  readonly role: Role;
  /** Origin of the page that asked: a connection of the ticket has to come from it too. */
  readonly origin: string;
  /** One attempt to connect: the tickets of one request share it, since a client races its transports. */
  readonly attempt: string;
  /** Addresses of this machine by which the page had reached it when it asked, best first; absent where nobody asked by HTTP. */
  readonly reached?: readonly string[];
}
