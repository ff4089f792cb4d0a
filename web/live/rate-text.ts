/** A rate for people, with as many decimals as it needs: "9.9", of fewer than one a second "0.025". */
export function rateText(perSecond: number): string {
  return perSecond >= 1 || perSecond === 0 ? perSecond.toFixed(1) : String(Number(perSecond.toPrecision(2)))
}
