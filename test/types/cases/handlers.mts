// Which handler classes a server takes for a codec. What follows a directive is what the compiler must say.

import { line, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'

const codec = line()

class Plain extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }
}
new Server({ codec, connection: Plain })
new Server({ codec, connection: Plain, app: { anything: true } })

class WiderIn extends Connection<string | number, string> {
  override onMessage(message: string | number): void {
    this.send(String(message))
  }
}
new Server({ codec, connection: WiderIn })

class Indifferent extends Connection<unknown, string> {
  override onMessage(_message: unknown): void {}
}
new Server({ codec, connection: Indifferent })

class NarrowerOut extends Connection<string, 'yes' | 'no'> {
  override onMessage(): void {
    this.send('yes')
  }
}
new Server({ codec, connection: NarrowerOut })

class Asynchronous extends Connection<string> {
  override async onMessage(text: string): Promise<void> {
    await Promise.resolve()
    this.send(text)
  }
}
new Server({ codec, connection: Asynchronous })

class Redis extends Connection<RespCommand, RespReply> {
  override onMessage(command: RespCommand): void {
    this.send(command.length)
  }
}
new Server({ codec: resp(), connection: Redis })

class WrongIn extends Connection<number, string> {
  override onMessage(_message: number): void {}
}
// @ts-expect-error: Type 'string' is not assignable to type 'number'
new Server({ codec, connection: WrongIn })

class WrongOut extends Connection<string, number> {
  override onMessage(): void {
    this.send(1)
  }
}
// @ts-expect-error: Type 'number' is not assignable to type 'string'
new Server({ codec, connection: WrongOut })

class NarrowerIn extends Connection<'yes' | 'no', string> {
  override onMessage(_message: 'yes' | 'no'): void {}
}
// @ts-expect-error: Type 'string' is not assignable to type '"yes" | "no"'
new Server({ codec, connection: NarrowerIn })

class WiderOut extends Connection<string, string | number> {
  override onMessage(): void {
    this.send(1)
  }
}
// @ts-expect-error: Type 'string | number' is not assignable to type 'string'
new Server({ codec, connection: WiderOut })

// A method's parameter may be narrowed in a subclass, as far as the compiler cares; a server does not take it.
class NarrowedOverride extends Connection<string> {
  override onMessage(_message: 'yes'): void {}
}
// @ts-expect-error: Type 'string' is not assignable to type '"yes"'
new Server({ codec, connection: NarrowedOverride })

// @ts-expect-error: Type 'RespCommand' is not assignable to type 'string'
new Server({ codec: resp(), connection: Plain })

class WithArguments extends Connection<string> {
  constructor(readonly greeting: string) {
    super()
  }
  override onMessage(): void {}
}
// @ts-expect-error: Target signature provides too few arguments
new Server({ codec, connection: WithArguments })

class Unrelated {
  onMessage(_text: string): void {}
}
// @ts-expect-error: is not assignable to type 'Handler<string, string
new Server({ codec, connection: Unrelated })

// @ts-expect-error: Non-abstract class 'NoMessages' does not implement inherited abstract member onMessage
class NoMessages extends Connection<string> {}
void NoMessages

// What fits goes on fitting when it is extended; what is abstract cannot be made.
class Further extends Plain {
  override onOpen(): void {
    this.send('hello')
  }
}
new Server({ codec, connection: Further })
abstract class Abstract extends Connection<string> {}
// @ts-expect-error: Cannot assign an abstract constructor type to a non-abstract constructor type
new Server({ codec, connection: Abstract })
class Generic<Message> extends Connection<Message> {
  override onMessage(_message: Message): void {}
}
new Server({ codec, connection: Generic<string> })
// @ts-expect-error: Type 'string' is not assignable to type 'number'
new Server({ codec, connection: Generic<number> })

// An override does not take its types from what it overrides: the annotation is not optional.
class Unannotated extends Connection<string> {
  // @ts-expect-error: Parameter '_text' implicitly has an 'any' type
  override onMessage(_text): void {}
}
void Unannotated

// The types that make a handler fit are no property of it.
class Curious extends Connection<string> {
  override onMessage(_text: string): void {
    // @ts-expect-error: Cannot assign to ''~io'' because it is a read-only property
    this['~io'] = { in: () => undefined, out: () => '' }
  }
}
void Curious

const server = new Server({ codec, connection: Plain })
// @ts-expect-error: Argument of type '"connected"' is not assignable to parameter of type
server.on('connected', () => {})
