import { describe, expect, it } from '@jest/globals'
import { BLOCKS, GENERATED_DOCUMENTS, readDocument, regenerate } from '../tools/generated-docs.js'

describe('the generated parts of the documents', () => {
  it.each(GENERATED_DOCUMENTS)('%s says what the code says', async (path) => {
    const document = await readDocument(path)
    expect(document).toBe(regenerate(document))
  })

  it('are all used somewhere', async () => {
    const all = (await Promise.all(GENERATED_DOCUMENTS.map(readDocument))).join('\n')
    for (const name of Object.keys(BLOCKS)) expect(all).toContain(`<!-- generated:${name} -->`)
  })
})
