/**
 * Passes everything on to another server and back: a TCP proxy of two small classes.
 *
 *     node packages/examples/dist/tcp-proxy.js --port 9990 --upstream 127.0.0.1:9999
 *     nc 127.0.0.1 9990
 */
import type { ConnectTarget } from '@shiny/core'
import { choiceFlag, type Flag, listenFlag, numberFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { fail, places, run } from './command-line/program.js'
import { TcpProxy } from './tcp-proxy/index.js'

const upstreamFlag: Flag<ConnectTarget> = {
  standard: '127.0.0.1:9999',
  placeholder: 'HOST:PORT|PATH',
  help: 'the server behind: TCP, or the path of a Unix socket, which has a slash in it',
  read: (text) => {
    if (text.includes('/')) return { value: { path: text } }
    const [, bracketed, name, port] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
    if (Number(port) >= 1 && Number(port) <= 65_535) return { value: { host: bracketed ?? name, port: Number(port) } }
    return { expected: 'HOST:PORT, or a path with a slash in it' }
  }
}

const { port, host, upstream, ...flags } = readFlags('tcp-proxy', 'Passes everything on to another server and back.', {
  port: portFlag(9990, 'TCP port to listen on; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
  listen: listenFlag(),
  upstream: upstreamFlag,
  'connect-timeout': numberFlag(10_000, 1, 'milliseconds that the upstream may take to answer'),
  'send-proxy': choiceFlag(['no', 'v1', 'v2'], 'PROXY header by which the upstream is told who the client is'),
  drain: numberFlag(30, 0, 'seconds that connections may go on after SIGINT or SIGTERM; a second signal ends them')
})

const versions = { no: null, v1: 1, v2: 2 } as const
const proxy = new TcpProxy({
  upstream: { ...upstream, timeout: flags['connect-timeout'] },
  proxyHeader: versions[flags['send-proxy']],
  drain: flags.drain * 1000,
  report: (line) => process.stderr.write(`tcp-proxy: ${line}\n`)
})
try {
  await run('tcp-proxy', proxy, ...places('tcp-proxy', flags.listen, { host, port }))
} catch (error) {
  fail('tcp-proxy', error)
}
