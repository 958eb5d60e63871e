/**
 * Counts and measures, by datagrams and by lines on the same port: one format for two transports.
 *
 *     node packages/examples/dist/statsd.js --interval 5
 *     echo 'visits:1|c' | nc -u -q 0 127.0.0.1 8125
 *     printf 'visits:1|c\nload:0.5|g\nquery:12|ms|@0.1|#db:main\n' | nc -N 127.0.0.1 8125
 */
import { choiceFlag, numberFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { reportFaults, run } from './command-line/program.js'
import { Metrics } from './statsd/metrics.js'
import { jsonLines, table } from './statsd/print.js'
import { StatsdServer } from './statsd/server.js'

const { port, host, interval, format, ...flags } = readFlags('statsd', 'Counts and measures what it is told of.', {
  port: portFlag(8125, 'port to listen on, for UDP and TCP; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
  interval: numberFlag(10, 1, 'seconds between two reports'),
  format: choiceFlag(['table', 'json'], 'how a report is printed'),
  'max-names': numberFlag(10_000, 1, 'names, with their tags, at a time; readings of others are dropped and counted')
})

const print = format === 'json' ? jsonLines : table
const server = new StatsdServer(new Metrics(flags['max-names']), interval * 1000, (report) => {
  process.stdout.write(print(report))
})
reportFaults('statsd', server.tcp)
await run('statsd', server, { host, port })
