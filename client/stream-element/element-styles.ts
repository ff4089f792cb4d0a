import { STAGE_COLOUR } from '../../src/core/stage-colour.ts'

/**
 * The element's style sheet. A constructable one, since a strict Content Security Policy of the embedding page forbids
 * style elements and attributes, but not this.
 */
export const STYLES = `
:host {
  display: block;
}

:host([hidden]) {
  display: none;
}

.stage {
  position: relative;
  width: 100%;
  height: 100%;
  overflow: hidden;
  aspect-ratio: 16 / 9;
  container-type: inline-size;
  background: var(--belvedere-background, ${STAGE_COLOUR});
  color: var(--belvedere-color, #f2f5f7);
  font-family: var(--belvedere-font, system-ui, -apple-system, "Segoe UI", "PingFang TC", "Noto Sans TC", sans-serif);
  font-size: 14px;
  font-variant-numeric: tabular-nums;
  font-weight: 500;
}

.picture {
  position: absolute;
  inset: 0;
  display: block;
  width: 100%;
  height: 100%;
  object-fit: contain;
  transition: filter 240ms;
}

/* A picture that is not current is grey. */
.stage:not([data-state="live"], [data-state="unchanged"]) .picture {
  filter: grayscale(1) brightness(0.5);
}

.age {
  position: absolute;
  top: 8px;
  right: 8px;
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 2px 9px;
  border-radius: 20px;
  background: var(--belvedere-scrim, rgb(5 8 10 / 72%));
  line-height: 20px;
}

.age::before {
  width: 7px;
  height: 7px;
  border-radius: 50%;
  box-shadow: inset 0 0 0 1.5px currentColor;
  content: "";
  forced-color-adjust: none;
}

.stage[data-state="live"] .age::before {
  background: var(--belvedere-accent, #3fcbb6);
  box-shadow: none;
}

/* As wide as the usual text, so that the dot before it does not move. */
.age-text {
  min-width: 2.3em;
  text-align: right;
}

.message {
  position: absolute;
  inset: 0;
  display: grid;
  place-content: center;
  justify-items: center;
  gap: 6px;
  padding: 12px;
  overflow: hidden;
  line-height: 1.4;
  text-align: center;
}

/* Pictures that do come are not written across. */
.stage[data-state="unchanged"] .message {
  place-content: end center;
}

.note,
.reason {
  max-width: 36em;
  padding: 4px 12px;
  border-radius: 8px;
  background: var(--belvedere-scrim, rgb(5 8 10 / 72%));
  overflow-wrap: anywhere;
}

.reason {
  font-size: 0.857em;
  font-weight: 400;
}

[hidden] {
  display: none;
}

@container (max-width: 239px) {
  .age,
  .message {
    font-size: 12px;
  }

  .age {
    top: 4px;
    right: 4px;
    padding: 0 7px;
  }

  .message {
    padding: 4px;
  }
}

@media (prefers-reduced-motion: reduce) {
  .picture {
    transition: none;
  }
}
`
