import { addStats } from '@shiny/core'
import { registerMetrics } from '@shiny/core/prometheus'
import { type OpenMetricsContentType, Registry } from 'prom-client'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { startLines } from './driver/start.js'

class Echo extends Noted {
  override onMessage(text: string): void {
    this.send(text)
  }
}

/** The samples of an exposition: what stands before the value, and the value. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    })
  )
}

overReactors((t, reactor) => {
  t.test('one line makes metrics of a server', async (t) => {
    const { server, connect } = await startLines(t, reactor, Echo)
    const register = new Registry()
    registerMetrics(server, register)
    const peer = await connect()
    await peer.write('hello\nagain\n')
    t.equal(await peer.text(12), 'hello\nagain\n')

    const text = await register.metrics()
    t.match(text, /^# HELP shiny_connections Connections that are open\.$/m)
    t.match(text, /^# TYPE shiny_connections gauge$/m)
    t.match(text, /^# TYPE shiny_messages_received_total counter$/m)
    const samples = samplesOf(text)
    const expected = {
      shiny_connections: 1,
      shiny_connections_accepted_total: 1,
      'shiny_connections_closed_total{by="peer"}': 0,
      shiny_messages_received_total: 2,
      shiny_messages_sent_total: 2,
      shiny_read_bytes_total: 12,
      shiny_written_bytes_total: 12,
      shiny_queued_bytes: 0
    }
    for (const [name, value] of Object.entries(expected)) t.equal(samples.get(name), value, name)
    t.ok((samples.get('shiny_turns_total') ?? 0) > 0)
    t.ok((samples.get('shiny_uptime_seconds') ?? 0) > 0)

    peer.end()
    await peer.closed()
    await server.stop()
    const after = samplesOf(await register.metrics())
    t.equal(after.get('shiny_connections'), 0)
    t.equal(after.get('shiny_connections_closed_total{by="peer"}'), 1, 'a second scrape is not added to the first')
    t.equal(after.get('shiny_messages_received_total'), 2)
  })

  t.test('errors appear with their codes as labels', async (t) => {
    const { server, journal, connect } = await startLines(t, reactor, Echo)
    const register = new Registry()
    registerMetrics(server, register)
    t.notMatch(await register.metrics(), /^shiny_errors_total/m)
    const peer = await connect()
    await journal.until('open')
    peer.reset()
    await journal.starting('close')
    t.equal(samplesOf(await register.metrics()).get('shiny_errors_total{code="ERR_CONNECTION_RESET"}'), 1)
  })

  t.test('several servers of a registry are told apart by labels', async (t) => {
    const register = new Registry()
    const first = await startLines(t, reactor, Echo)
    const second = await startLines(t, reactor, Echo)
    const remove = registerMetrics(first.server, register, { labels: { server: 'first' } })
    registerMetrics(second.server, register, { labels: { server: 'second' } })
    await second.connect()
    await second.journal.until('open')
    const samples = samplesOf(await register.metrics())
    t.equal(samples.get('shiny_connections{server="first"}'), 0)
    t.equal(samples.get('shiny_connections{server="second"}'), 1)
    t.equal(samples.get('shiny_connections_closed_total{server="second",by="peer"}'), 0)

    const third = first.server
    t.throws(() => registerMetrics(third, register), { code: 'ERR_OPTION', path: 'labels' })
    const other = { stats: () => addStats() }
    t.throws(() => registerMetrics(other, register, { labels: { server: 'first' } }), { code: 'ERR_OPTION' })
    remove()
    registerMetrics(other, register, { labels: { server: 'first' } })
    t.equal(samplesOf(await register.metrics()).size, samples.size)
  })

  t.test('a registry that was cleared may be used again, and one of OpenMetrics too', async (t) => {
    const { server } = await startLines(t, reactor, Echo)
    const register = new Registry()
    registerMetrics(server, register)
    register.clear()
    registerMetrics(server, register)
    t.equal(samplesOf(await register.metrics()).get('shiny_connections'), 0)

    const open = new Registry<OpenMetricsContentType>()
    open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    registerMetrics(server, open)
    const text = await open.metrics()
    t.match(text, /^# TYPE shiny_messages_received counter$/m)
    t.match(text, /^shiny_messages_received_total 0$/m)
  })

  t.test('a scrape asks each server once', async (t) => {
    let asked = 0
    const register = new Registry()
    const source = {
      stats: async () => {
        asked++
        return addStats()
      }
    }
    registerMetrics(source, register)
    await register.metrics()
    t.equal(asked, 1)
    await register.metrics()
    t.equal(asked, 2)
  })
})
