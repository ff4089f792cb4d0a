import { useMemo } from 'react'
import { encode } from 'uqr'
import classes from './QrCode.module.css'
import { qrPath } from './qr-path.ts'

/** A text for a phone's camera: dark on white in both schemes, or not all cameras read it. */
export function QrCode({ text, name }: { text: string; name: string }) {
  // Of its margin four squares are required all around.
  const { size, data } = useMemo(() => encode(text, { ecc: 'M', border: 4 }), [text])
  return (
    <svg
      className={classes.code}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={name}
      shapeRendering="crispEdges"
    >
      <path className={classes.light} d={`M0 0h${size}v${size}H0z`} />
      <path className={classes.dark} d={qrPath(data)} />
    </svg>
  )
}
