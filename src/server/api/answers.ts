/** Data as an answer. */
export function json(data: object, status: 200 | 201 = 200, headers: Record<string, string> = {}): Response {
  return Response.json(data, { status, headers: { ...commonHeaders, ...headers } })
}

/** Done, and nothing more to say. */
export function done(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers: { ...commonHeaders, ...headers } })
}

const commonHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
