import 'react'

declare module 'react' {
  /** Variables that a style sheet beside the component reads. */
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined
  }
}
