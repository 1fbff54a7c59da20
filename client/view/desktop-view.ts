/** The desktop's picture and everything that the user does to it. */
import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { InputEvent } from '../../protocol/input.ts';
import { DesktopInput } from '../input/desktop-input.ts';
import type { LocatedPoint } from '../input/pointer.ts';
import type { Cursor } from '../player.ts';
import type { PicturePlace } from '../video/sink.ts';
import { CursorStyle } from './cursor-style.ts';
import { desktopViewStyles } from './desktop-view-styles.ts';
import type { Placement, Size } from './picture-placement.ts';
import { desktopPoint, distanceOutside, placePicture } from './picture-placement.ts';
import { base } from './theme.ts';

/** Events of the desktop view, all bubbling no further than their listeners. */
export interface DesktopViewListener {
  sendInput(events: readonly InputEvent[]): void;
  /** A key or press: sound may start. */
  gesture(): void;
  /** The user asked for the controls by the keyboard. */
  leave(): void;
  /** The user asked for the statistics by the keyboard. */
  statistics(): void;
  isKeyboardCaptured(): boolean;
  /** See DesktopInputOptions. */
  pasteKey(): boolean;
  /** See DesktopInputOptions. */
  paste(text: string): void;
}

const nowhere: Placement = { left: 0, top: 0, width: 0, height: 0 };

/**
 * `<oriel-desktop-view>`: shows its picture as large as its box allows, at the desktop's shape, and turns input into desktop
 * pixels. The canvas and the video element are made here, once; whoever draws into it owns its content and its bitmap size.
 */
export class DesktopView extends LitElement {
  static override readonly styles = [base, desktopViewStyles];

  static override readonly properties = {
    desktop: { attribute: false },
    picture: { attribute: false },
    visible: { type: Boolean, reflect: true },
    dimmed: { type: Boolean, reflect: true },
    controllable: { type: Boolean },
    listener: { attribute: false },
    place: { type: String, reflect: true },
  };

  /** Size of the desktop in pixels; undefined until it is known. */
  declare desktop: Size | undefined;
  /** Size of the picture of it, which may be smaller; as large as the desktop unless told. */
  declare picture: Size | undefined;
  /** Whether there is a picture to show. */
  declare visible: boolean;
  /** Whether the picture is old. */
  declare dimmed: boolean;
  /** Whether this user may use the desktop, now or when nobody else does. */
  declare controllable: boolean;
  declare listener: DesktopViewListener | undefined;
  /** Which element has the picture. */
  declare place: PicturePlace;

  /** The elements for the player: the canvas, and the one that plays a track. */
  readonly canvas = document.createElement('canvas');
  readonly video = document.createElement('video');

  #placement = nowhere;
  #input: DesktopInput | undefined;
  #cursor: CursorStyle | undefined;
  #observer: ResizeObserver | undefined;
  #ratioWatch: AbortController | undefined;
  #isFocusing = false;

  constructor() {
    super();
    this.desktop = undefined;
    this.picture = undefined;
    this.visible = false;
    this.dimmed = false;
    this.controllable = false;
    this.listener = undefined;
    this.place = 'canvas';
    for (const element of [this.canvas, this.video]) element.className = 'picture';
    // Without its sound it needs no gesture to play; the rest keeps the browser's own controls off it.
    Object.assign(this.video, { muted: true, playsInline: true, disablePictureInPicture: true });
  }

  /** Shows the desktop's pointer. */
  showCursor(cursor: Cursor): void {
    this.#cursor?.show(cursor);
  }

  /** Gives the keyboard to the desktop. */
  focusDesktop(): void {
    this.#isFocusing = true;
    this.#field?.focus({ preventScroll: true });
    this.#isFocusing = false;
  }

  /** The connection is live again: tells it what is held. */
  inputRestored(): void {
    this.#input?.restored();
  }

  /** Opens or closes the on-screen keyboard of a touch device. */
  toggleTouchKeyboard(): void {
    const field = this.#field;
    if (field === undefined) return;
    const isOpen = field.inputMode === 'text' && this.shadowRoot?.activeElement === field;
    field.inputMode = isOpen ? 'none' : 'text';
    // A browser looks at inputmode when a field gets the focus.
    field.blur();
    field.focus({ preventScroll: true });
  }

  /** See Pointer.lock. */
  async lockPointer(): Promise<boolean> {
    return (await this.#input?.lockPointer()) ?? false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => this.#place());
    this.#observer.observe(this);
    this.#watchPixelRatio();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#ratioWatch?.abort();
    this.#input?.close();
    this.#input = undefined;
    this.#cursor?.close();
    this.#cursor = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="surface">${this.canvas}${this.video}</div>
      <textarea
        aria-label="Remote desktop: everything you type goes there. Press Control, Alt and Shift together to leave it."
        autocapitalize="off"
        autocomplete="off"
        autocorrect="off"
        inputmode="none"
        spellcheck="false"
        tabindex="0"
        @focus=${() => this.#showFocus(!this.#isFocusing)}
        @blur=${() => this.#showFocus(false)}
      ></textarea>
    `;
  }

  protected override firstUpdated(): void {
    const surface = this.#surface;
    if (surface !== null) this.#cursor = new CursorStyle(surface);
    if (!matchMedia('(pointer: coarse)').matches && this.#field) this.#field.inputMode = 'text';
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('desktop') || changed.has('picture')) this.#place();
    if (changed.has('controllable')) this.#bindInput();
  }

  get #surface(): HTMLDivElement | null {
    return this.renderRoot.querySelector('div');
  }

  get #field(): HTMLTextAreaElement | undefined {
    return this.renderRoot.querySelector('textarea') ?? undefined;
  }

  #bindInput(): void {
    this.#input?.close();
    this.#input = undefined;
    const surface = this.#surface;
    const field = this.#field;
    if (!this.controllable || surface === null || field === undefined) return;
    this.#input = new DesktopInput({
      surface,
      field,
      locate: (x, y) => this.#locate(x, y),
      isKeyboardCaptured: () => this.listener?.isKeyboardCaptured() ?? false,
      send: (events) => this.listener?.sendInput(events),
      onGesture: () => this.listener?.gesture(),
      onPress: (x, y) => this.#press(x, y),
      onLeave: () => this.listener?.leave(),
      onStatistics: () => this.listener?.statistics(),
      onLockChange: () => this.focusDesktop(),
      onPasteKey: () => this.listener?.pasteKey() ?? false,
      onPaste: (text) => this.listener?.paste(text),
    });
  }

  #press(x: number, y: number): void {
    const field = this.#field;
    if (field === undefined) return;
    // An input method opens its window where the text field is: put it where the user works.
    const box = this.getBoundingClientRect();
    field.style.left = `${Math.max(0, Math.min(x - box.left, box.width - 40))}px`;
    field.style.top = `${Math.max(0, Math.min(y - box.top, box.height - 40))}px`;
    this.#showFocus(false);
    this.focusDesktop();
  }

  #showFocus(isShown: boolean): void {
    this.#surface?.classList.toggle('keyboard-focus', isShown);
  }

  #locate(clientX: number, clientY: number): LocatedPoint | undefined {
    if (this.desktop === undefined) return undefined;
    const box = this.getBoundingClientRect();
    const point = { x: clientX - box.left, y: clientY - box.top };
    const pixel = desktopPoint(point, this.#placement, this.desktop);
    return pixel && { ...pixel, outside: distanceOutside(point, this.#placement) };
  }

  #place(): void {
    const { desktop } = this;
    if (desktop === undefined) return;
    const box = this.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    this.#placement = placePicture(box, desktop, ratio);
    const { left, top, width, height } = this.#placement;
    // Whole multiples look best unblurred; anything else needs smoothing, as does a picture that was made smaller than its desktop.
    const scale = (width * ratio) / desktop.width;
    const isWhole = this.picture === undefined || this.picture.width === desktop.width;
    const isMultiple = Math.abs(scale - Math.round(scale)) < 1e-3 && scale > 0.5;
    for (const { style, classList } of [this.canvas, this.video]) {
      style.left = `${left}px`;
      style.top = `${top}px`;
      style.width = `${width}px`;
      style.height = `${height}px`;
      classList.toggle('sharp', isWhole && isMultiple);
    }
    this.#cursor?.rescale(width / desktop.width);
  }

  /** The ratio changes with the zoom and with the screen that the window is on. */
  #watchPixelRatio(): void {
    this.#ratioWatch?.abort();
    this.#ratioWatch = new AbortController();
    matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener(
      'change',
      () => {
        this.#place();
        this.#watchPixelRatio();
      },
      { once: true, signal: this.#ratioWatch.signal },
    );
  }
}

customElements.define('oriel-desktop-view', DesktopView);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-desktop-view': DesktopView;
  }
}
