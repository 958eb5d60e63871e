import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { paths } from '../paths.js'

// The example itself, in this process, so that the process id that is measured is its own; it reads the same flags.
const example = join(paths.root, 'packages', 'examples', 'dist', 'redis-server.js')
process.argv[1] = example
await import(pathToFileURL(example).href)
