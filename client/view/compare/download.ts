/** How long the browser may take to begin reading a download, ms. */
const KEEP_MS = 60_000;

/** Gives the user a file. */
export function offerDownload(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}
