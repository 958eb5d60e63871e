import { openClients } from '../client.js'
import type { Row } from '../row.js'
import { cannotInject, inject } from '../strace.js'

/** Every other accept fails. */
const errors = ['ECONNABORTED', 'EINTR', 'ENOBUFS', 'EPROTO']

/** Accepts that fail although a client is there. */
export const acceptErrors: Row = {
  name: 'accept-errors',
  bar: `all clients served while every other accept fails with ${errors.join(', ')}`,
  beside: true,
  limit: 40,
  obstacle: cannotInject,
  async measure(stage, kind) {
    const each = stage.size(200, 40)
    const subject = await stage.start(kind, 'server')
    let served = 0
    for (const error of errors) {
      stage.step(`${each} clients and ${error}`)
      const strace = await inject(subject, `accept4:error=${error}:when=1+2`)
      const clients = await openClients(each, subject)
      const answers = await Promise.all(clients.map((client) => client.ask('ping', 5)))
      served += answers.filter((answer) => answer === 'ping').length
      for (const client of clients) client.destroy()
      await strace.stop()
    }
    const wanted = each * errors.length
    return { text: `${served} of ${wanted} served`, passed: served === wanted, values: { wanted, served } }
  }
}
