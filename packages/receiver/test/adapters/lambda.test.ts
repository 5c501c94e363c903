import type { ALBHandler, APIGatewayProxyHandler, APIGatewayProxyHandlerV2, LambdaFunctionURLHandler } from 'aws-lambda'
import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { createReceiver } from '../../src/index.ts'
import { type LambdaEvent, lambdaHandler } from '../../src/lambda.ts'
import { BODY, SECRET, signed } from '../signed.ts'

type Shape = (headers: Record<string, string>, body: Partial<LambdaEvent>, method?: string) => LambdaEvent

/** The events as AWS documents them, with the fields that matter not left out. */
const shapes: Readonly<Record<string, Shape>> = {
  'API Gateway, payload 1.0': (headers, body, method = 'POST') => ({
    version: '1.0',
    resource: '/webhook',
    path: '/webhook',
    httpMethod: method,
    headers: { ...title(headers), Host: 'x.execute-api.eu-central-1.amazonaws.com' },
    multiValueHeaders: lists(title(headers)),
    queryStringParameters: null,
    requestContext: { accountId: '1', apiId: 'x', httpMethod: method, path: '/webhook', stage: 'prod' },
    ...{ body: null, isBase64Encoded: false },
    ...body,
  }),
  'API Gateway, payload 2.0': (headers, body, method = 'POST') => ({
    version: '2.0',
    routeKey: `${method} /webhook`,
    rawPath: '/webhook',
    rawQueryString: '',
    headers,
    requestContext: { accountId: '1', apiId: 'x', http: { method, path: '/webhook', protocol: 'HTTP/1.1' } },
    isBase64Encoded: false,
    ...body,
  }),
  'a function URL': (headers, body, method = 'POST') => ({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    headers,
    requestContext: {
      accountId: 'anonymous',
      domainName: 'x.lambda-url.eu-central-1.on.aws',
      http: { method, path: '/' },
    },
    isBase64Encoded: false,
    ...body,
  }),
  'a load balancer with headers of several values': (headers, body, method = 'POST') => ({
    httpMethod: method,
    path: '/webhook',
    multiValueHeaders: lists(headers),
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/x/1' } },
    ...{ body: '', isBase64Encoded: false },
    ...body,
  }),
}

const title = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace(/\b\w/g, (letter) => letter.toUpperCase()), value]),
  )
const lists = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))

describe.each(Object.entries(shapes))('%s', (_name, shape) => {
  const start = (onEvent: () => unknown) => {
    const onError = vi.fn()
    return { handle: lambdaHandler(createReceiver({ secret: SECRET, onEvent, onError })), onError }
  }

  test('a delivery, as text or in base64, is answered when its handler has ended, and handled once', async () => {
    let handled = 0
    const { handle } = start(async () => {
      await new Promise(setImmediate)
      handled += 1
    })
    const text = shape(signed(), { body: BODY })
    expect(await handle(text)).toMatchObject({ statusCode: 200, body: 'ok' })
    expect(handled).toBe(1)
    expect(await handle(text)).toMatchObject({ statusCode: 200, body: 'duplicate' })
    const base64 = { body: Buffer.from(BODY).toString('base64'), isBase64Encoded: true }
    expect(await handle(shape(signed(), base64))).toMatchObject({ statusCode: 200, body: 'ok' })
    expect(handled).toBe(2)
  })

  test('a handler that fails is answered 500, so that the sender tries again', async () => {
    const { handle, onError } = start(() => Promise.reject(new Error('no database')))
    expect(await handle(shape(signed(), { body: BODY }))).toMatchObject({ statusCode: 500, body: 'failed' })
    expect(onError).toHaveBeenCalledOnce()
  })

  test('other requests are refused', async () => {
    const { handle } = start(() => {})
    expect(await handle(shape({}, {}, 'GET'))).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } })
    expect(await handle(shape(signed(), {}))).toMatchObject({ statusCode: 401, body: 'signature.mismatch' })
  })

  test('a body that a middleware parsed is refused, and the log says what to do', async () => {
    const { handle, onError } = start(() => {})
    const event = shape(signed(), { body: JSON.parse(BODY) as string })
    expect(await handle(event)).toMatchObject({ statusCode: 500, body: 'body.parsed' })
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ message: expect.stringContaining('httpJsonBodyParser') })
  })
})

test('the handler is one by the types of AWS', () => {
  const handle = lambdaHandler(createReceiver({ secret: SECRET, onEvent: () => {} }))
  expectTypeOf(handle).toExtend<APIGatewayProxyHandler>()
  expectTypeOf(handle).toExtend<APIGatewayProxyHandlerV2>()
  expectTypeOf(handle).toExtend<LambdaFunctionURLHandler>()
  expectTypeOf(handle).toExtend<ALBHandler>()
})
