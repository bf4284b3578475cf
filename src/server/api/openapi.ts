import { z } from 'zod'
import { apiErrorCodes } from './api-error.js'
import { changesSomething, type Route } from './route.js'
import { namedSchemas } from './schemas.js'

const roleText = 'The person needs at least this role for the item: '

/**
 * The API as an OpenAPI document, made from the table of its routes.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'wopikit',
      version: '1',
      description:
        'The HTTP API of `wopikit serve`, used by its own web app: same origin, session cookie. What changes something carries the header X-Wopikit-CSRF with the value of `csrf` from `GET /session`. Times are milliseconds since 1970, sizes bytes.',
    },
    servers: [{ url: '/api' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(namedSchemas).map(([name, schema]) => [name, jsonSchema(schema, 'output', true)]),
      ),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'wopikit_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-Wopikit-CSRF' },
      },
      responses: {
        Refused: {
          description:
            'A refusal, with a sentence for a person in the language of the session. Some codes carry more.',
          content: { 'application/json': { schema: refusalSchema } },
        },
      },
    },
  }
}

const refusalSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string', enum: apiErrorCodes }, message: { type: 'string' } },
    },
  },
}

function operation(route: Route): object {
  const { summary, audience, item, body, answer } = route
  const who =
    audience === 'admins' ? ['For administrators.'] : audience === 'anybody' ? ['For everybody.'] : []
  const role = item ? [`${roleText}${item}.`] : []
  return {
    summary,
    ...(who.length + role.length > 0 ? { description: [...who, ...role].join(' ') } : {}),
    security: security(route),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content:
              body === 'bytes'
                ? { '*/*': { schema: { type: 'string', format: 'binary' } } }
                : { 'application/json': { schema: jsonSchema(body, 'input') } },
          },
        }),
    responses: {
      [answer.status]: { description: answer.description, ...answerContent(route) },
      default: { $ref: '#/components/responses/Refused' },
    },
  }
}

function security(route: Route): object[] {
  const needs = {
    ...(route.audience === 'anybody' ? {} : { session: [] }),
    ...(changesSomething(route) ? { csrf: [] } : {}),
  }
  return Object.keys(needs).length === 0 ? [] : [needs]
}

function pathParameters(route: Route): object[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: Route): object[] {
  if (!query) return []
  const schema = jsonSchema(query, 'input') as { properties?: Record<string, object>; required?: string[] }
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }))
}

function answerContent({ answer: { content } }: Route): object {
  if (content === undefined) return {}
  if (typeof content === 'string')
    return { content: { [content]: { schema: { type: 'string', format: 'binary' } } } }
  return { content: { 'application/json': { schema: jsonSchema(content, 'output') } } }
}

/** @param whole whether a schema with a name is written out, and not only referred to. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', whole = false): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const name = names.get(zodSchema)
      if (name === undefined || (whole && name === names.get(schema))) return
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema]
      jsonSchema.$ref = `#/components/schemas/${name}`
    },
  })
  return rest
}

const names = new Map<unknown, string>(Object.entries(namedSchemas).map(([name, schema]) => [schema, name]))
