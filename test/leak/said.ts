import { inspect } from 'node:util'

/** Everything that the client library answered and threw: what a service has at hand to log. */
export class Said {
  readonly answers: string[] = []
  readonly errors: string[] = []

  /** The same object, overheard. */
  overhear<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object)
        if (typeof value === 'function') {
          return (...args: unknown[]) => this.#heard((value as (...all: unknown[]) => unknown).apply(object, args))
        }
        return name === 'signal' && typeof value === 'object' && value !== null ? this.overhear(value) : value
      },
    })
  }

  /** An error as the most talkative logger would print it: properties, causes, stacks. */
  failed(error: unknown): void {
    this.errors.push(inspect(error, { depth: 8, maxArrayLength: null, maxStringLength: null }))
    this.errors.push(JSON.stringify(error))
    if (error instanceof Error) this.errors.push(error.stack ?? error.message)
  }

  #heard(result: unknown): unknown {
    if (!(result instanceof Promise)) return result
    return result.then(
      (answer: unknown) => {
        this.answers.push(JSON.stringify(answer) ?? 'undefined')
        return answer
      },
      (error: unknown) => {
        this.failed(error)
        throw error
      },
    )
  }
}
