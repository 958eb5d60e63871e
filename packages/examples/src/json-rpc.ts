/**
 * JSON-RPC 2.0 over frames with a length in front: a table of typed methods, and a client that knows their types.
 *
 *     node packages/examples/dist/json-rpc.js --port 9995
 *     node packages/examples/dist/json-rpc.js --port 9995 --call add --params '[1, 2, 3]'
 */
import { type Flag, numberFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { fail, reportFaults, run } from './command-line/program.js'
import { calculator, type Methods, RpcClient, RpcError, RpcServer } from './json-rpc/index.js'

const paramsFlag: Flag<object | undefined> = {
  standard: 'none',
  placeholder: 'JSON',
  help: 'with --call: the parameters, an array or an object',
  read: (text) => {
    try {
      const value: unknown = text === 'none' ? undefined : JSON.parse(text)
      if (value === undefined || (typeof value === 'object' && value !== null)) return { value: value as object }
    } catch {}
    return { expected: 'an array or an object in JSON' }
  }
}

const { port, host, call, params, ...flags } = readFlags('json-rpc', 'Serves a calculator, or calls one.', {
  port: portFlag(9995, 'TCP port to listen on, or to call; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on, or to call'),
  'max-running': numberFlag(16, 1, 'requests of one client that are under way at the same time'),
  'max-message': numberFlag(1_048_576, 1, 'longest message in bytes'),
  call: textFlag('none', 'METHOD', 'call a method of a server that runs, print what it answers, and end'),
  params: paramsFlag
})

/** Calls a method by its name, which may be one that no server has. */
async function callOnce(): Promise<void> {
  const client = await RpcClient.dial<Methods>({ host, port })
  try {
    process.stdout.write(`${JSON.stringify(await client.call(call, params))}\n`)
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    const detail = error.data === undefined ? '' : `: ${JSON.stringify(error.data)}`
    process.stderr.write(`json-rpc: ${error.code} ${error.message}${detail}\n`)
    process.exitCode = 1
  } finally {
    client.close()
  }
}

try {
  if (call !== 'none') await callOnce()
  else {
    const server = new RpcServer(calculator, {
      maxRunning: flags['max-running'],
      maxMessage: flags['max-message'],
      failed: (error) => process.stderr.write(`json-rpc: ${error instanceof Error ? error.stack : error}\n`)
    })
    reportFaults('json-rpc', server)
    await run('json-rpc', server, { host, port })
  }
} catch (error) {
  fail('json-rpc', error)
}
