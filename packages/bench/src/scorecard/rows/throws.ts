import { grouped } from '../../table.js'
import { Client, openClients } from '../client.js'
import type { Row } from '../row.js'

interface Tally {
  readonly opened: number
  readonly closed: number
  readonly thrown: number
  readonly afterClose: number
  readonly bystandersLost: number
}

/** One client of a connection that will throw: it asks, ends when it is told to, and leaves when the server has. */
async function provoke(at: { readonly port: number }): Promise<void> {
  const client = new Client(at)
  client.socket.write('go\n')
  await client.until(() => client.received === 'end\n' || client.ended)
  client.end()
  await client.until(() => client.closed)
  client.destroy()
}

/** Handlers that throw, in every hook in turn, and connections beside them that do not. */
export const throws: Row = {
  name: 'throws',
  bar: '10,000 throws over all hooks: each closes its own connection once, the server lives, no other is lost',
  // An exception in a handler of node:net is uncaught: the process ends at the first.
  beside: false,
  limit: 60,
  async measure(stage) {
    const count = stage.size(10_000, 500)
    const subject = await stage.start('shiny', 'throwing')
    const bystanders = await openClients(100, subject)
    await Promise.all(bystanders.map((client) => client.ask('hello')))
    await subject.ask('arm')
    stage.step(`${count} connections that throw`)
    for (let done = 0; done < count; done += 100) {
      await Promise.all(Array.from({ length: 100 }, () => provoke(subject)))
    }
    const answers = await Promise.all(bystanders.map((client) => client.ask('still there')))
    const answered = answers.filter((answer) => answer === 'still there').length
    const { opened, closed, thrown, afterClose, bystandersLost } = await subject.ask<Tally>('tally')
    for (const client of bystanders) client.destroy()
    return {
      text:
        `${grouped(thrown)} throws of ${grouped(count)}, ${grouped(opened)} opened and ${grouped(closed)} closed, ` +
        `${afterClose} calls after a close, ${answered} of 100 others answer`,
      passed: thrown === count && opened === closed && afterClose + bystandersLost === 0 && answered === 100,
      values: { count, opened, closed, thrown, afterClose, bystandersLost, answered }
    }
  }
}
