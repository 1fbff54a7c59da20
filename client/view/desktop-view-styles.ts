import { css } from 'lit';

/** Styles of the desktop's picture and of the field that takes its keys; see desktop-view.ts. */
export const desktopViewStyles = css`
  :host {
    position: absolute;
    inset: 0;
    overflow: hidden;
    background: radial-gradient(80% 70% at 50% 45%, #141821, var(--page));
  }

  .surface {
    position: absolute;
    inset: 0;
    overflow: hidden;
    touch-action: none;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }

  .picture {
    position: absolute;
    display: block;
    object-fit: fill;
    pointer-events: none;
    opacity: 0;
    transition:
      opacity 240ms ease,
      filter 320ms ease;
  }

  :host([visible]) .picture {
    opacity: 1;
  }

  :host([dimmed]) .picture {
    filter: brightness(0.42) saturate(0.55);
  }

  /* The element's picture lies over the canvas, which keeps its last one. */
  :host([place='canvas']) video {
    visibility: hidden;
  }

  .picture.sharp {
    image-rendering: pixelated;
  }

  .surface.keyboard-focus::after {
    position: absolute;
    inset: 0;
    border: 2px solid var(--accent);
    content: '';
    pointer-events: none;
    animation: fade 1.6s ease-in forwards;
  }

  @keyframes fade {
    60% {
      opacity: 1;
    }
    100% {
      opacity: 0.25;
    }
  }

  textarea {
    position: absolute;
    width: 1px;
    height: 1.5em;
    padding: 0;
    border: 0;
    outline: 0;
    opacity: 0;
    resize: none;
    overflow: hidden;
    background: transparent;
    color: transparent;
    caret-color: transparent;
    font-size: 16px;
    pointer-events: none;
    white-space: pre;
  }

  textarea[data-composing] {
    width: 16em;
    max-width: 60vw;
    padding: 0 8px;
    border-radius: 6px;
    opacity: 1;
    background: var(--raised);
    color: var(--text);
    direction: ltr;
  }
`;
