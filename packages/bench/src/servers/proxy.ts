import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { paths } from '../paths.js'

// The example itself, in this process, so that the process id that is measured is its own. It reads the same flags, but that here the upstream
// is a port of this machine.
const example = join(paths.root, 'packages', 'examples', 'dist', 'tcp-proxy.js')
const [program = '', , ...flags] = process.argv
process.argv = [
  program,
  example,
  ...flags.map((text, at) => (flags[at - 1] === '--upstream' ? `127.0.0.1:${text}` : text))
]
await import(pathToFileURL(example).href)
