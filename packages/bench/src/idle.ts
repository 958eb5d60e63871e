import { guardChildren } from './child.js'
import { helpText, numberOf, parseFlags, runCommand } from './command-line.js'
import { chooseCores } from './cores.js'
import { measureIdle } from './idleness.js'
import { describeMachine, renderMachine } from './machine.js'
import { cannotMeasure } from './measure.js'
import { type Running, startPeer, stopPeer } from './peer.js'
import { peers } from './peers.js'
import { compilePrograms } from './programs.js'
import { Progress } from './progress.js'
import { figure, layOut } from './table.js'

const flags = {
  connections: { value: 'N', help: 'idle connections to each server', default: '10000' },
  seconds: { value: 'S', help: 'how long they are left idle', default: '3' },
  help: { help: 'show this' }
} as const

async function main(): Promise<number> {
  const given = parseFlags(flags, process.argv.slice(2))
  if (given.help) {
    console.log(helpText('node packages/bench/dist/idle.js [flags]', flags))
    return 0
  }
  const connections = numberOf('connections', given.connections, 1, 25_000)
  const seconds = numberOf('seconds', given.seconds, 0.1, 600, false)
  const obstacle = cannotMeasure()
  if (obstacle !== null) throw new Error(obstacle)
  guardChildren()
  compilePrograms()

  const cores = chooseCores()
  const progress = new Progress()
  const rows = [['', 'RSS bytes/connection', `CPU ns in ${seconds} s idle`, 'wake-ups', `answered of ${connections}`]]
  const failures: string[] = []
  for (const peer of [peers.shiny, peers.net]) {
    progress.begin('idle')
    progress.step(`${connections} connections to ${peer.title}`)
    let server: Running | undefined
    try {
      server = await startPeer(peer, cores)
      const { bytesEach, idleNs, wakeUps, answered } = await measureIdle(server, connections, seconds, cores)
      rows.push([peer.title, figure(bytesEach), figure(idleNs), `${wakeUps}`, `${answered}`])
      if (answered < connections)
        failures.push(`${peer.title}: ${connections - answered} connections were not answered`)
    } catch (error) {
      failures.push(`${peer.title}: ${(error as Error).message}`)
    } finally {
      if (server !== undefined) await stopPeer(server)
    }
  }
  progress.clear()
  process.stdout.write(`${renderMachine(describeMachine(cores))}\n${layOut(rows)}\n`)
  for (const failure of failures) console.log(`  FAILED: ${failure}`)
  return failures.length > 0 ? 1 : 0
}

await runCommand('idle', main)
