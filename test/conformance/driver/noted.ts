import { type CloseReason, Connection, type ShinyError } from '@shiny/core'
import type { Journal } from './journal.js'

/** Notes every hook but the frequent ones in the journal that is the server's `app`. */
export class Noted<In = string, Out = In> extends Connection<In, Out, Journal> {
  override onOpen(): void | Promise<void> {
    this.app.note('open')
  }

  override onMessage(message: In): void | Promise<void> {
    this.app.note(`message ${String(message)}`)
  }

  override onEnd(): void {
    this.app.note('end')
  }

  override onError(error: Error): void | 'continue' {
    this.app.note(`error ${codeOf(error)}`)
  }

  override onClose(reason: CloseReason): void {
    this.app.note(reason.error === null ? `close ${reason.by}` : `close ${reason.by} ${codeOf(reason.error)}`)
  }
}

/** The code of a ShinyError, or the message of another. */
export function codeOf(error: unknown): string {
  return (error as ShinyError).code ?? (error as Error).message
}
