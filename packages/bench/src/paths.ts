import { join } from 'node:path'

const bench = join(import.meta.dirname, '..')

/** Where things are, wherever the bench is started from. */
export const paths = {
  bench,
  root: join(bench, '..', '..'),
  native: join(bench, 'native'),
  build: join(bench, 'build'),
  results: join(bench, 'results'),
  servers: join(bench, 'dist', 'servers')
} as const
