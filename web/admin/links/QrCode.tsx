import { useMemo } from 'react'
import { encode } from 'uqr'
import classes from './QrCode.module.css'
import { qrPath } from './qr-path.ts'

/** A QR code; dark on white in both colour schemes, since not all cameras read inverted codes. */
export function QrCode({ text, name }: { text: string; name: string }) {
  // The quiet zone: a margin of four modules is required.
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
