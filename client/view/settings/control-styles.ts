import { css } from 'lit';

/** Styles of the controls in controls.ts. */
export const controls = css`
  .control {
    margin: 0;
    padding: 0;
    border: 0;
    min-width: 0;
  }

  .control + .control {
    margin-top: 18px;
  }

  .head {
    display: flex;
    align-items: baseline;
    gap: 8px;
    width: 100%;
    padding: 0;
    margin-bottom: 6px;
  }

  .head .label {
    flex: 1;
    font-weight: 550;
  }

  .head output {
    color: var(--text-soft);
    font-size: 0.9rem;
    font-variant-numeric: tabular-nums;
    text-align: right;
  }

  .note {
    margin: 5px 0 0;
    color: var(--text-soft);
    font-size: 0.84rem;
    line-height: 1.4;
  }

  .note:empty {
    display: none;
  }

  .refused {
    color: var(--warn);
  }

  .control.closed .label,
  .control.closed output {
    opacity: 0.6;
  }

  .mark {
    display: inline-grid;
    place-items: center;
    width: 16px;
    height: 16px;
    flex: none;
    align-self: center;
    color: var(--good);
  }

  .mark svg {
    width: 16px;
    height: 16px;
  }

  .mark.applied {
    animation: settle 2.4s ease-in forwards;
  }

  .mark.waiting::before {
    width: 10px;
    height: 10px;
    border: 2px solid var(--line-strong);
    border-top-color: transparent;
    border-radius: 50%;
    content: '';
    animation: turn 700ms linear infinite;
  }

  .mark.refused {
    color: var(--warn);
  }

  @keyframes settle {
    0%,
    60% {
      opacity: 1;
    }

    100% {
      opacity: 0;
    }
  }

  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }

  input[type='range'] {
    display: block;
    width: 100%;
    height: 28px;
    margin: 0;
    background: transparent;
    appearance: none;
    cursor: pointer;
  }

  input[type='range']::-webkit-slider-runnable-track {
    height: 4px;
    border-radius: 2px;
    background: linear-gradient(
      to right,
      var(--accent) var(--part, 0%),
      var(--line-strong) var(--part, 0%)
    );
  }

  input[type='range']::-moz-range-track {
    height: 4px;
    border-radius: 2px;
    background: var(--line-strong);
  }

  input[type='range']::-moz-range-progress {
    height: 4px;
    border-radius: 2px;
    background: var(--accent);
  }

  input[type='range']::-webkit-slider-thumb {
    width: 18px;
    height: 18px;
    margin-top: -7px;
    border: 3px solid var(--surface);
    border-radius: 50%;
    background: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
    appearance: none;
  }

  input[type='range']::-moz-range-thumb {
    width: 13px;
    height: 13px;
    border: 3px solid var(--surface);
    border-radius: 50%;
    background: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }

  input[type='range']:focus-visible {
    border-radius: 8px;
  }

  input[type='range']:disabled {
    cursor: default;
    filter: grayscale(1);
    opacity: 0.5;
  }

  select {
    width: 100%;
    min-height: 40px;
    padding: 0 36px 0 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background:
      linear-gradient(45deg, transparent 50%, var(--text-soft) 50%) right 18px center / 5px 5px
        no-repeat,
      linear-gradient(135deg, var(--text-soft) 50%, transparent 50%) right 13px center / 5px 5px
        no-repeat,
      var(--page);
    color: var(--text);
    font: inherit;
    font-size: 0.93rem;
    text-overflow: ellipsis;
    appearance: none;
    cursor: pointer;
  }

  select:disabled {
    cursor: default;
    opacity: 0.55;
  }

  .segments {
    display: flex;
    gap: 2px;
    padding: 3px;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--page);
  }

  .segments label {
    position: relative;
    display: grid;
    flex: auto;
    place-items: center;
    min-height: 38px;
    padding: 0 6px;
    border-radius: 9px;
    color: var(--text-soft);
    cursor: pointer;
    font-size: 0.85rem;
    font-weight: 550;
    text-align: center;
    transition: background-color 140ms ease;
  }

  .segments label:hover {
    color: var(--text);
  }

  .segments label:has(:checked) {
    background: var(--hover);
    color: var(--text);
  }

  .segments input,
  .cards input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }

  .segments label:has(:focus-visible),
  .cards label:has(:focus-visible) {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }

  .segments:has(:disabled) label,
  .cards:has(:disabled) label {
    cursor: default;
  }

  .segments :disabled,
  .cards :disabled {
    cursor: default;
  }

  .segments:has(:disabled),
  .cards:has(:disabled) {
    opacity: 0.6;
  }

  .cards {
    display: grid;
    gap: 6px;
  }

  .cards label {
    position: relative;
    display: grid;
    grid-template-columns: 18px 1fr;
    gap: 1px 11px;
    padding: 10px 12px;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--page);
    cursor: pointer;
    transition:
      border-color 140ms ease,
      background-color 140ms ease;
  }

  .cards label:hover {
    background: var(--raised);
  }

  .cards label:has(:checked) {
    border-color: var(--accent);
    background: var(--raised);
  }

  .cards .dot {
    width: 16px;
    height: 16px;
    margin-top: 3px;
    border: 1.5px solid var(--line-strong);
    border-radius: 50%;
  }

  .cards :checked ~ .dot {
    border: 5px solid var(--accent);
  }

  .cards .name {
    font-weight: 550;
  }

  .cards .detail {
    grid-column: 2;
    color: var(--text-soft);
    font-size: 0.84rem;
    line-height: 1.4;
  }

  .switch {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 30px;
    cursor: pointer;
  }

  .switch .label {
    flex: 1;
    font-weight: 550;
  }

  .switch input {
    position: relative;
    flex: none;
    width: 42px;
    height: 24px;
    margin: 0;
    border-radius: 99px;
    background: var(--line-strong);
    appearance: none;
    cursor: pointer;
    transition: background-color 140ms ease;
  }

  .switch input::before {
    position: absolute;
    top: 3px;
    left: 3px;
    width: 18px;
    height: 18px;
    border-radius: 50%;
    background: var(--text);
    content: '';
    transition: transform 140ms ease;
  }

  .switch input:checked {
    background: var(--accent);
  }

  .switch input:checked::before {
    background: var(--on-accent);
    transform: translateX(18px);
  }

  .switch input:disabled {
    cursor: default;
    opacity: 0.5;
  }

  @media (pointer: coarse) {
    .segments label,
    select,
    .switch {
      min-height: 44px;
    }

    input[type='range'] {
      height: 40px;
    }
  }
`;
