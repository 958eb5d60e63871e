// Whatever a handler does inside a message of any codec in the box, nothing is lost and nothing comes twice.

import { Refusal, verifyInterrupts } from '@shiny/core/testing'
import t from 'tap'
import { corpora } from './support/corpora.js'

/** How many bytes of a corpus are tried: each message is interrupted in each way, and each of these is a connection. */
const MOST = 64

for (const { name, codec, vectors, options } of corpora) {
  // A message of such a codec is whatever one read brought.
  if (options.merge !== undefined) continue
  let bytes = ''
  for (const vector of vectors.valid ?? []) {
    const more = typeof vector.bytes === 'string' ? vector.bytes : Buffer.from(vector.bytes).toString('latin1')
    const refused = vector.messages.some((message) => message instanceof Refusal)
    const fits = bytes === '' || options.joinable !== false
    if (!refused && fits && bytes.length + more.length <= MOST) bytes += more
  }
  if (bytes === '') continue
  t.test(name, async (t) => {
    const { show, joinable } = options
    const report = await verifyInterrupts(codec, bytes, {
      ...(show && { show }),
      ...(joinable === false && { joinable })
    })
    t.ok(report.messages > 0 && report.runs > report.messages)
  })
}
