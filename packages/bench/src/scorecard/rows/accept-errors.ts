import { openClients } from '../client.js'
import type { Row } from '../row.js'
import { cannotInject, inject } from '../strace.js'

/** What accept says, and which of its calls: every other one, or for a want of means ten in a row. */
const faults = {
  ECONNABORTED: '1+2',
  EINTR: '1+2',
  EPROTO: '1+2',
  ENOBUFS: '1..10',
  EMFILE: '1..10'
}

/** Accepts that fail although a client is there. */
export const acceptErrors: Row = {
  name: 'accept-errors',
  bar: `all clients served while accepts fail with ${Object.keys(faults).join(', ')}`,
  beside: true,
  limit: 40,
  obstacle: cannotInject,
  async measure(stage, kind) {
    const each = stage.size(200, 40)
    const subject = await stage.start(kind, 'server')
    let served = 0
    for (const [error, when] of Object.entries(faults)) {
      stage.step(`${each} clients and ${error}`)
      const strace = await inject(subject, `accept4:error=${error}:when=${when}`)
      const clients = await openClients(each, subject)
      const answers = await Promise.all(clients.map((client) => client.ask('ping', 5)))
      served += answers.filter((answer) => answer === 'ping').length
      for (const client of clients) client.destroy()
      await strace.stop()
    }
    const wanted = each * Object.keys(faults).length
    return { text: `${served} of ${wanted} served`, passed: served === wanted, values: { wanted, served } }
  }
}
