import { expect, test } from 'vitest'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser('custom workflows', (world) => {
  test('one is defined by a form, with errors beside the fields in the words of the server, and tried', async () => {
    const { talk, model } = world.scene
    const { page, open } = await world.openSignedIn()
    await open('/workflows')
    await page.getByRole('link', { name: 'Define the first one' }).click()

    await page.getByRole('button', { name: 'Add workflow' }).click()
    await page.getByRole('alert').getByText('Name must have at least 1 character').waitFor()
    await page.getByRole('alert').getByText('Slug must be lower-case letters').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Mood of a text')
    await page.getByLabel('Slug').fill('new')
    await page.getByLabel('Key of parameter 1').fill('9 lives')
    await page.getByRole('button', { name: 'Add workflow' }).click()
    await page.getByRole('alert').getByText('Parameter 1 at key: must have').waitFor()
    await page.getByLabel('Key of parameter 1').fill('text')
    await page.getByLabel('Output schema').fill('{"mood": "sting"}')
    await page.getByRole('button', { name: 'Add workflow' }).click()
    await page.getByRole('alert').getByText('Output schema').waitFor()
    await page.getByLabel('Output schema').fill('{"mood": "string"')
    await page.getByRole('button', { name: 'Add workflow' }).click()
    await page.getByRole('alert').getByText('Output schema is not JSON').waitFor()
    await page.getByLabel('Output schema').fill('{"mood": "string"}')
    // What only the server knows.
    await page.getByRole('button', { name: 'Add workflow' }).click()
    await page.getByRole('alert').getByText('"new" is a reserved word').waitFor()
    await page.getByRole('alert').getByText('Instructions is empty').waitFor()
    await page.getByLabel('Slug').fill('mood-of-text')
    await page.getByLabel('Instructions').fill('Say the mood in one word.')
    await page.getByRole('button', { name: 'Add workflow' }).click()
    await page.getByRole('heading', { name: 'Mood of a text' }).waitFor()
    expect((await talk.call('GET', '/workflows/mood-of-text')).json).toMatchObject({
      job_type: 'custom_mood_of_text',
      instructions: 'Say the mood in one word.',
      parameters: [{ key: 'text', label: 'text', type: 'json_string', required: true }],
      output_schema: { mood: 'string' },
    })

    model.script({ kind: 'ok', value: { mood: 'sunny' } })
    await page.getByRole('link', { name: 'Try it' }).click()
    await page.waitForURL('**/playground?type=custom_mood_of_text')
    await page.getByRole('textbox', { name: 'text' }).fill('What a day!')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText('"mood": "sunny"').waitFor()
  })

  test('a change is a new version, and one that is deleted is gone after a question', async () => {
    const { talk } = world.scene
    const { page, open } = await world.openSignedIn()
    await open('/workflows')
    await page.getByRole('link', { name: 'Mood of a text' }).click()
    await page.getByText('version 1').waitFor()
    await page.getByRole('button', { name: 'Add parameter' }).click()
    await page.getByLabel('Key of parameter 2').fill('sureness')
    await page.getByLabel('Type of parameter 2').selectOption('json_number')
    await page.getByLabel('Default of parameter 2').fill('much')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('Parameter 2 at default_value').waitFor()
    await page.getByLabel('Default of parameter 2').fill('0.5')
    await page.getByRole('switch', { name: 'Takes jobs' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('version 2').waitFor()
    expect((await talk.call('GET', '/workflows/mood-of-text')).json).toMatchObject({
      is_active: false,
      parameters: [{ key: 'text' }, { key: 'sureness', type: 'json_number', default_value: '0.5' }],
    })
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete the workflow' }).click()
    await page.getByText('No workflow yet').waitFor()
    await open('/workflows/mood-of-text')
    await page.getByText('There is no such workflow').waitFor()
  })
})
