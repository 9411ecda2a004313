import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import password from '@inquirer/password'

/** The streams of one command. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean }
}

/** Wrong use of the command line, or a missing answer: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The person ended a question instead of answering it. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/**
 * What a command says and asks. Results go to stdout; questions and remarks to stderr, so that a result can be piped.
 * Without a terminal, each question takes the next line of stdin.
 */
export class Io {
  readonly #streams: Streams
  #reader: Interface | undefined
  #lines: AsyncIterator<string> | undefined

  constructor(streams: Streams) {
    this.#streams = streams
  }

  get interactive(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true
  }

  out(line: string): void {
    this.#streams.stdout.write(`${line}\n`)
  }

  note(line: string): void {
    this.#streams.stderr.write(`${line}\n`)
  }

  /** A secret: nothing is shown while it is typed. */
  async askSecret(what: string): Promise<string> {
    if (!this.interactive) return this.#nextLine(what)
    const { stdin: input, stderr: output } = this.#streams
    const answer = await password({ message: `${what}:`, mask: false }, { input, output })
    return answer.trim()
  }

  /** Something that may be seen on the screen. */
  async ask(what: string): Promise<string> {
    return this.interactive ? this.#question(`${what}: `) : this.#nextLine(what)
  }

  /** Yes or no; only a person at a terminal can be asked. */
  async confirm(question: string): Promise<boolean> {
    return /^y(es)?$/i.test(await this.#question(`${question} [y/N] `))
  }

  /** All that is left of stdin. */
  async readAll(what: string): Promise<string> {
    const lines: string[] = []
    for (let line = await this.#next(); line !== undefined; line = await this.#next()) lines.push(line)
    if (lines.length === 0) throw missing(what)
    return lines.join('\n')
  }

  close(): void {
    this.#reader?.close()
    this.#reader = undefined
  }

  async #question(text: string): Promise<string> {
    const { stdin: input, stderr: output } = this.#streams
    const reader = createInterface({ input, output })
    try {
      return await new Promise<string>((resolve, reject) => {
        // Ctrl-C and Ctrl-D close it, and the question would stay open for ever.
        reader.once('close', () => reject(new StoppedError()))
        reader.question(text, (answer) => resolve(answer.trim()))
      })
    } finally {
      reader.close()
    }
  }

  async #nextLine(what: string): Promise<string> {
    const line = (await this.#next())?.trim()
    if (!line) throw missing(what)
    return line
  }

  async #next(): Promise<string | undefined> {
    if (!this.#lines) {
      this.#reader = createInterface({ input: this.#streams.stdin, crlfDelay: Infinity })
      this.#lines = this.#reader[Symbol.asyncIterator]()
    }
    const line: IteratorResult<string, unknown> = await this.#lines.next()
    return line.done ? undefined : line.value
  }
}

function missing(what: string): UsageError {
  return new UsageError(`${what} is missing. Type it at a terminal, or give it on stdin: one line for each question.`)
}
