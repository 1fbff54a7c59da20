/** Styles that several components share: buttons, fields, focus rings. Colours come from page.css. */
import { css } from 'lit';

/** Measures, focus rings and `.sr`, which only screen readers read; every component starts with it. */
export const base = css`
  :host {
    box-sizing: border-box;
    font: 15px/1.5 var(--font);
    color: var(--text);
  }

  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  [hidden] {
    display: none !important;
  }

  /* For screen readers alone. */
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
    }
  }
`;

/** Buttons: `.button` (quiet), `.button.primary`, `.icon-button`. */
export const buttons = css`
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }

  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 40px;
    padding: 0 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--raised);
    color: var(--text);
    font-weight: 550;
    transition:
      background-color 140ms ease,
      border-color 140ms ease;
  }

  .button:hover {
    background: var(--hover);
  }

  .button.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 650;
  }

  .button.primary:hover {
    background: var(--accent-hover);
  }

  .button:disabled {
    cursor: default;
    opacity: 0.55;
  }

  .icon-button {
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    padding: 0;
    border: 0;
    border-radius: 9px;
    background: transparent;
    transition: background-color 140ms ease;
  }

  .icon-button:hover,
  .icon-button[aria-expanded='true'] {
    background: rgb(255 255 255 / 11%);
  }

  .icon-button svg {
    width: 19px;
    height: 19px;
  }

  @media (pointer: coarse) {
    .icon-button {
      width: 44px;
      height: 44px;
    }

    .button {
      min-height: 46px;
    }
  }
`;

/** Text fields. */
export const fields = css`
  input[type='text'],
  input[type='password'],
  input[type='url'] {
    width: 100%;
    min-height: 44px;
    padding: 0 14px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--page);
    color: var(--text);
    font: inherit;
    font-size: 16px;
  }

  input:focus-visible {
    border-color: var(--accent);
    outline-offset: -1px;
  }
`;

/** Centred pages: login, explanations. */
export const centred = css`
  :host {
    position: fixed;
    inset: 0;
    display: grid;
    overflow: auto;
    padding: max(24px, env(safe-area-inset-top)) 20px max(24px, env(safe-area-inset-bottom));
    background:
      radial-gradient(60rem 40rem at 50% -10rem, rgb(240 179 92 / 9%), transparent 65%),
      radial-gradient(50rem 30rem at 50% 0, #1a2233, transparent 75%), var(--page);
  }

  main {
    width: min(25rem, 100%);
    margin: auto;
  }

  .mark {
    display: block;
    width: 56px;
    height: 56px;
    margin: 0 auto 20px;
  }

  h1 {
    margin: 0 0 8px;
    font-size: 1.55rem;
    font-weight: 650;
    line-height: 1.25;
    letter-spacing: -0.015em;
    text-align: center;
    text-wrap: balance;
  }

  p {
    margin: 0 0 16px;
    color: var(--text-soft);
    text-wrap: pretty;
  }

  .lead {
    margin-bottom: 28px;
    text-align: center;
  }

  .card {
    padding: 24px;
    border: 1px solid var(--line);
    border-radius: 16px;
    background: rgb(19 22 29 / 85%);
    box-shadow: var(--shadow);
  }

  .card > :last-child {
    margin-bottom: 0;
  }

  a {
    color: var(--accent);
    text-underline-offset: 3px;
  }

  kbd,
  code {
    padding: 1px 7px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    color: var(--text);
    font: 0.86em var(--mono);
    overflow-wrap: anywhere;
  }
`;
