/** A regular expression as it is written: `/body/flags`. */
interface Written {
  readonly body: string
  readonly flags: string
}

function read(written: string): Written {
  const end = written.lastIndexOf('/')
  return { body: written.slice(1, end), flags: written.slice(end + 1) }
}

/** The places of `|` in the first group, or outside of groups, that has any: start, each `|`, end. */
function alternativesOf(
  body: string,
): { readonly start: number; readonly bars: readonly number[]; readonly end: number } | null {
  const open: { start: number; bars: number[] }[] = [{ start: 0, bars: [] }]
  let inClass = false
  for (let at = 0; at < body.length; at += 1) {
    const char = body[at]
    if (char === '\\') at += 1
    else if (inClass) inClass = char !== ']'
    else if (char === '[') inClass = true
    else if (char === '(') open.push({ start: body.startsWith('(?:', at) ? at + 3 : at + 1, bars: [] })
    else if (char === '|') open.at(-1)?.bars.push(at)
    else if (char === ')') {
      const group = open.pop()
      if (group && group.bars.length > 0) return { ...group, end: at }
    }
  }
  const [whole] = open
  return whole && whole.bars.length > 0 ? { ...whole, end: body.length } : null
}

/** Ways in which a pattern can be wrong: it fits nothing, an alternative, flag or end is missing. */
export function otherPatterns(written: string): readonly { readonly change: string; readonly text: string }[] {
  const { body, flags } = read(written)
  const others = [{ change: 'fits nothing', text: '/(?!)/' }]
  const found = alternativesOf(body)
  if (found) {
    const cuts = [found.start - 1, ...found.bars, found.end]
    const parts = cuts.slice(1).map((cut, index) => body.slice((cuts[index] ?? 0) + 1, cut))
    for (const part of parts) {
      const rest = parts.filter((one) => one !== part).join('|')
      others.push({
        change: `without "${part}"`,
        text: `/${body.slice(0, found.start)}${rest}${body.slice(found.end)}/${flags}`,
      })
    }
  }
  for (const flag of flags) {
    others.push({ change: `without the flag ${flag}`, text: `/${body}/${flags.replace(flag, '')}` })
  }
  if (body.startsWith('^')) others.push({ change: 'without ^', text: `/${body.slice(1)}/${flags}` })
  if (body.endsWith('$')) others.push({ change: 'without $', text: `/${body.slice(0, -1)}/${flags}` })
  return others
}
