/**
 * Writes a text into the browser's clipboard, by whatever the browser allows: the Clipboard API needs a page that came by https, and in
 * some browsers a key or click just before; the older command needs that always.
 *
 * @returns whether the clipboard holds it now
 */
export async function writeClipboard(text: string): Promise<boolean> {
  // The older command first, where nothing else is there: it has to run while the key or click lasts.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return copyByCommand(text);
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text);
  }
}

/** Lets the browser copy, and says what (https://www.w3.org/TR/clipboard-apis/#the-copy-action). */
function copyByCommand(text: string): boolean {
  let isCopied = false;
  const give = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', text);
    isCopied = true;
  };
  document.addEventListener('copy', give, { capture: true });
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on a page that came by plain http
    return document.execCommand('copy') && isCopied;
  } catch {
    return false;
  } finally {
    document.removeEventListener('copy', give, { capture: true });
  }
}
