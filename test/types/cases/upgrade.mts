// upgrade: the next handler must fit the next codec, and do with the app that is there.

import { bytes, line } from '@shiny/codecs'
import { Connection } from '@shiny/core'

interface Room {
  readonly members: Set<string>
}
interface Hall extends Room {
  readonly doors: number
}

class Text extends Connection<string, string, Room> {
  override onMessage(): void {}
}
class Raw extends Connection<Uint8Array> {
  override onMessage(): void {}
}
class NeedsHall extends Connection<string, string, Hall> {
  override onMessage(): void {}
}
class WrongIn extends Connection<number, string> {
  override onMessage(_message: number): void {}
}
class WrongOut extends Connection<string, number> {
  override onMessage(): void {}
}
class NarrowerIn extends Connection<'yes', string> {
  override onMessage(_message: 'yes'): void {}
}
class WithArguments extends Connection<string> {
  constructor(readonly greeting: string) {
    super()
  }
  override onMessage(): void {}
}

class InRoom extends Connection<string, string, Room> {
  override onMessage(): void {
    const raw: Raw = this.upgrade(bytes(), Raw)
    const text: Text = this.upgrade(line(), Text, { leftover: 'reject' })
    void raw
    void text
    // @ts-expect-error: the next handler needs an app of type
    this.upgrade(line(), NeedsHall)
    // @ts-expect-error: is not assignable to parameter of type 'Handler<string, string
    this.upgrade(line(), Raw)
    // @ts-expect-error: Type 'string' is not assignable to type 'number'
    this.upgrade(line(), WrongIn)
    // @ts-expect-error: Type 'number' is not assignable to type 'string'
    this.upgrade(line(), WrongOut)
    // @ts-expect-error: Type 'string' is not assignable to type '"yes"'
    this.upgrade(line(), NarrowerIn)
    // @ts-expect-error: Target signature provides too few arguments
    this.upgrade(line(), WithArguments)
    // @ts-expect-error: Type '"keep"' is not assignable to type
    this.upgrade(line(), Text, { leftover: 'keep' })
  }
}
void InRoom

class InHall extends Connection<string, string, Hall> {
  override onMessage(): void {
    this.upgrade(line(), Text)
    this.upgrade(line(), NeedsHall)
  }
}
void InHall

class Nowhere extends Connection<string> {
  override onMessage(): void {
    this.upgrade(bytes(), Raw)
    // @ts-expect-error: the next handler needs an app of type
    this.upgrade(line(), Text)
  }
}
void Nowhere
