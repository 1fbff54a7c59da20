/** The desktop's clipboard, as a session needs it. */
export interface ClipboardPort {
  /** Which ways are open. */
  readonly ways: { readonly toDesktop: boolean; readonly fromDesktop: boolean };
  /** Makes a text its content. Resolves when programs get it, or cannot be given it. */
  put(text: string): Promise<unknown>;
}
