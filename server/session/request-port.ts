/**
 * What a session needs of the HTTP API, so that its connections can carry requests: said here once for both; types only, compose.ts
 * brings them together.
 */

/** A request as it would have come by HTTP. */
export interface CarriedRequest {
  readonly method: 'GET' | 'POST';
  /** Below the path of the page. */
  readonly path: string;
  /** JSON; empty for none. */
  readonly body: string;
}

/** How it was answered. */
export interface CarriedAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** JSON; empty for none. */
  readonly body: string;
}

/** Asks the API in the name of one connection; a request that is refused resolves as well. */
export type RequestPort = (request: CarriedRequest) => Promise<CarriedAnswer>;
