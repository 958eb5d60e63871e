/** Text as it may stand in an SVG. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** A text whose look its class says. */
export function label(x: number, y: number, kind: string, content: string): string {
  return `<text x="${Math.round(x)}" y="${Math.round(y)}" class="${kind}">${escaped(content)}</text>`
}

/** A whole picture with a heading, that suits a light and a dark page. The space for `parts` begins below 50. */
export function picture(heading: string, width: number, height: number, parts: readonly string[]): string {
  const full = width + 32
  const size = `viewBox="-16 0 ${full} ${height}" width="${full}" height="${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
<title>${escaped(heading)}</title>
<style>
  text { font: 13px system-ui, sans-serif; fill: #222 }
  .heading { font-size: 16px; font-weight: 600 } .title { font-weight: 600 } .right { text-anchor: end }
  .middle { text-anchor: middle }
  .bar { fill: #a8b3c2 } .strong { fill: #2f6fde } .good { fill: #2e8b57 } .bad { fill: #c8452f }
  .spread { stroke: #222; fill: none } .grid { stroke: #8886; fill: none } .limit { stroke: #222; stroke-width: 2 }
  .line0 { stroke: #8a94a3 } .line1 { stroke: #2f6fde } .line2 { stroke: #c07f1e } .line3 { stroke: #6f4fb0 }
  .line { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .bar { fill: #5a6573 } .strong { fill: #5b92f0 } .good { fill: #4fae7a } .bad { fill: #e0705c }
    .spread, .limit { stroke: #ddd } .line1 { stroke: #5b92f0 } .line2 { stroke: #e0a54a } .line3 { stroke: #a58be0 }
  }
</style>
${label(0, 26, 'heading', heading)}
${parts.join('\n')}
</svg>
`
}
