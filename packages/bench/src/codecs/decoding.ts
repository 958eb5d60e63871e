import { join } from 'node:path'
import { Child } from '../child.js'
import { type Cores, pinned } from '../cores.js'
import { paths } from '../paths.js'
import type { Progress } from '../progress.js'
import { type Spread, spreadOf } from '../statistics.js'
import type { Study } from './study.js'
import type { Decoded, Ready } from './subject.js'

/** The sizes of the pieces that a stream comes in: what a busy socket gives, and what one packet of Ethernet holds. */
const PIECES = [64 * 1024, 1460]

/** How one subject did. */
export interface SubjectResult {
  readonly name: string
  version: string | null
  readonly ours: boolean
  /** As in the study. */
  readonly views: boolean
  /** Why it was not measured, or null. */
  absent: string | null
  /** What went wrong, or null. */
  failed: string | null
  /** One for each round. */
  readonly samples: Decoded[]
}

/** How all did with the same messages in the same pieces. */
export interface CaseResult {
  readonly messages: string
  readonly pieceBytes: number
  readonly subjects: readonly SubjectResult[]
  readonly targets: readonly DecodingVerdict[]
}

/** How one study went. */
export interface StudyResult {
  readonly name: string
  readonly title: string
  readonly cases: readonly CaseResult[]
}

/** One of ours beside a package; `ratio` is that of their medians of CPU time, within those of the single rounds. */
export interface DecodingVerdict {
  readonly of: string
  readonly against: string
  readonly atMost: number
  readonly ratio: Spread
  readonly passed: boolean
}

/** How much is measured: `seconds` is the CPU time of one measurement. */
export interface DecodingEffort {
  readonly rounds: number
  readonly seconds: number
}

/** Ours may cost as much as a package, and no more. */
const AT_MOST = 1

/**
 * Measures a study: for each of its cases each subject in a process of its own, warmed up, then in interleaved rounds. All must decode the same
 * messages.
 */
export async function measureStudy(
  study: Study,
  index: number,
  effort: DecodingEffort,
  cores: Cores | null,
  progress: Progress
): Promise<StudyResult> {
  const cases: CaseResult[] = []
  for (const [caseIndex, { name: messages }] of study.cases.entries()) {
    for (const pieceBytes of PIECES) {
      progress.step(`${messages} in pieces of ${pieceBytes} bytes`)
      const programs = study.subjects.map((_, i) => [index, caseIndex, pieceBytes, i].map(String))
      const subjects = await measureCase(study, programs, effort, cores, progress)
      cases.push({ messages, pieceBytes, subjects, targets: judge(subjects) })
    }
  }
  return { name: study.name, title: study.title, cases }
}

async function measureCase(
  { subjects }: Study,
  programs: readonly (readonly string[])[],
  { rounds, seconds }: DecodingEffort,
  cores: Cores | null,
  progress: Progress
): Promise<readonly SubjectResult[]> {
  const contest = new Contest(progress)
  try {
    for (const [i, { name, from, views = false }] of subjects.entries()) {
      const result: SubjectResult = {
        name,
        version: null,
        ours: from === null,
        views,
        absent: null,
        failed: null,
        samples: []
      }
      await contest.enter(result, pinned([process.execPath, subjectFile, ...(programs[i] ?? [])], cores?.server))
    }
    for (let round = 1; round <= rounds; round++) await contest.round(seconds)
  } finally {
    await contest.stop()
  }
  return contest.results
}

const subjectFile = join(paths.bench, 'dist', 'codecs', 'subject.js')

/** The subjects of one case, each in its process. One that fails is out, and the others go on. */
class Contest {
  readonly results: SubjectResult[] = []
  readonly #progress: Progress
  readonly #running = new Map<SubjectResult, Child>()
  /** Of what the first has decoded. */
  #digest: number | null = null

  constructor(progress: Progress) {
    this.#progress = progress
  }

  async enter(result: SubjectResult, command: readonly string[]): Promise<void> {
    this.results.push(result)
    await this.#attempt(result, async () => {
      const child = await Child.start(command)
      this.#running.set(result, child)
      const { version, unable, digest } = JSON.parse(await child.line()) as Ready
      result.version = version
      result.absent = unable
      if (unable !== null) {
        this.#running.delete(result)
        return
      }
      this.#digest ??= digest
      if (digest !== this.#digest) throw new Error('it decodes other messages than the first')
    })
  }

  /** Measures each once. */
  async round(seconds: number): Promise<void> {
    for (const [result, child] of [...this.#running]) {
      await this.#attempt(result, async () => {
        child.tell(String(seconds))
        result.samples.push(JSON.parse(await child.line()) as Decoded)
      })
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((child) => child.stop()))
  }

  async #attempt(result: SubjectResult, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      result.failed = (error as Error).message
      this.#progress.note(`${result.name}: ${result.failed}`)
      this.#running.get(result)?.kill()
      this.#running.delete(result)
    }
  }
}

/** Holds each of ours against each package that delivers the same: copies, or views. */
function judge(subjects: readonly SubjectResult[]): DecodingVerdict[] {
  const measured = subjects.filter(({ failed, samples }) => failed === null && samples.length > 0)
  const mine = measured.filter(({ ours }) => ours)
  const theirs = measured.filter(({ ours }) => !ours)
  return mine.flatMap((of) => theirs.filter(({ views }) => views === of.views).map((against) => compare(of, against)))
}

function compare(of: SubjectResult, against: SubjectResult): DecodingVerdict {
  const rounds = of.samples.map(({ cpu }, i) => cpu / (against.samples[i]?.cpu ?? Number.NaN))
  const ratio = { ...spreadOf(rounds), median: cpuOf(of).median / cpuOf(against).median }
  return { of: of.name, against: against.name, atMost: AT_MOST, ratio, passed: ratio.median <= AT_MOST }
}

/** The CPU time for each message of one that was measured, in ns. */
export function cpuOf({ samples }: SubjectResult): Spread {
  return spreadOf(samples.map(({ cpu }) => cpu))
}
