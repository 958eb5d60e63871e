// The addon under AddressSanitizer and UndefinedBehaviorSanitizer inside node: built, and the environment that it needs.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const native = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'native')

/** Files of tests that say nothing under the sanitizers, and why. */
const leftOut = {
  'conformance/process.test.js': 'how a process ends is the runtime of the sanitizers to say',
  'conformance/piling.test.js': 'it measures memory, of which the sanitizers keep what was freed',
  'conformance/stalls.test.js': 'it measures time',
  'conformance/timeouts.test.js': 'it measures time',
  'conformance/ticker.test.js': 'it measures time',
  'conformance/workers.test.js': 'to start and end hundreds of threads takes too long there',
  'conformance/workers-cycles.alone.test.js': 'to start and end hundreds of threads takes too long there',
  'conformance/workers-pool.test.js': 'to start and end many threads takes too long there',
  'conformance/workers-crash.test.js': 'a worker that ends by a signal is what the sanitizers report',
  'conformance/workers-program.test.js': 'how a process ends is the runtime of the sanitizers to say'
}

/** `{ env, leavesOut(file) }`, or `{ reason }` where there are no sanitizers. */
export function prepareSanitizers() {
  if (process.platform !== 'linux')
    return { reason: `how to preload their runtime on ${process.platform} is not known` }
  const runtimes = ['libasan.so', 'libubsan.so'].map(findRuntime)
  if (runtimes.includes(null)) return { reason: 'g++ has no runtime for them here' }
  const { status } = spawnSync(process.execPath, [join(native, 'scripts', 'build.js'), '--asan', '--require'], {
    stdio: 'inherit'
  })
  if (status !== 0) return { reason: 'the addon cannot be built with them' }
  return {
    env: {
      LD_PRELOAD: runtimes.join(' '),
      ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1:allocator_may_return_null=1:detect_stack_use_after_return=1',
      UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
      '@SHINY/NATIVE_PREBUILD': join(native, 'build', 'Asan')
    },
    leavesOut: (file) => Object.hasOwn(leftOut, file.replaceAll('\\', '/'))
  }
}

function findRuntime(name) {
  const path = spawnSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout?.trim() ?? ''
  return isAbsolute(path) && existsSync(path) ? path : null
}
