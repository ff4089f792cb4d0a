import 'react'

declare module 'react' {
  /** CSS variables in `style` props, which are read by the components' CSS modules. */
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined
  }
}
