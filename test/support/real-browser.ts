import type { AskedPage } from './probe.ts';

/** A page in a browser that a person could sit at: it takes what people do with mouse and keyboard. */
export interface RealPage extends AskedPage {
  /** Presses the mouse's first button there, pixels of the page. */
  click(x: number, y: number): Promise<void>;
  /** Types character by character. */
  type(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A browser that runs, without anything of its user's. */
export interface RealBrowser {
  /** Opens an address as nobody who was here before; one page at a time. */
  open(url: string): Promise<RealPage>;
  close(): Promise<void>;
}

/** A kind of browser. */
export interface BrowserKind {
  readonly name: string;
  /** Paths without which it cannot be started. */
  readonly programs: readonly string[];
  /** The Debian package that brings them. */
  readonly debianPackage: string;
  /** Flags of the gateway that it needs. */
  readonly gatewayFlags: readonly string[];
  /** @param env put into its environment: PULSE_SERVER is where its sound goes */
  launch(env: Readonly<Record<string, string>>): Promise<RealBrowser>;
}
