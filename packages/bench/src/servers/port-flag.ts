import { helpText, numberOf, parseFlags } from '../command-line.js'

const flags = {
  port: { value: 'N', help: 'port of 127.0.0.1 to listen on; 0: any', default: '0' },
  help: { help: 'show this' }
} as const

/** The port that a server program was told; shows the help and ends when that was asked for. */
export function portFlag(program: string): number {
  const given = parseFlags(flags, process.argv.slice(2))
  if (given.help) {
    console.log(helpText(`node packages/bench/dist/servers/${program}.js [flags]`, flags))
    process.exit(0)
  }
  return numberOf('port', given.port, 0, 65_535)
}
