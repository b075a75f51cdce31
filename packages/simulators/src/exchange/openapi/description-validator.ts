import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { JsonSchema } from './json-schema.ts';
import { queryParameters } from './operations.ts';
import type { OperationDescription } from './operations.ts';
import { schemas } from './schemas.ts';

/** Checks requests and answers against the description. Each method returns the complaint, or `undefined`. */
export interface DescriptionValidator {
  /** Checks names and values of the query. */
  checkQuery(operation: OperationDescription, query: URLSearchParams): string | undefined;
  /** Checks the media type of a body; the media type is given without its parameters. */
  checkMediaType(operation: OperationDescription, mediaType: string | undefined): string | undefined;
  /** Checks the value of a JSON body. */
  checkBody(operation: OperationDescription, mediaType: string, value: unknown): string | undefined;
  /** Checks an answer: its status, and its JSON value if it has one. */
  checkAnswer(operation: OperationDescription, status: number, value: unknown): string | undefined;
}

/** Makes a validator. Schemas are compiled when they are first needed, and closed: a name they do not list is wrong. */
export function descriptionValidator(): DescriptionValidator {
  const ajv = new Ajv({ strict: false, allErrors: false, discriminator: true, addUsedSchema: false });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  ajv.addFormat('base64', /^[A-Za-z0-9+/_-]*={0,2}$/);
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(closed(schema), name);

  function check(name: string, value: unknown): string | undefined {
    const validate = ajv.getSchema(name) as ValidateFunction | undefined;
    if (validate === undefined) throw new TypeError(`the description has no schema ${name}`);
    return validate(value) ? undefined : ajv.errorsText(validate.errors?.slice(0, 1), { dataVar: name });
  }

  return {
    checkQuery(operation, query) {
      for (const [name, value] of query) {
        const schema = operation.query?.includes(name) ? queryParameters[name] : undefined;
        if (schema === undefined) return `query parameter ${name} is not described`;
        if (!allows(schema, value)) return `query parameter ${name} has a value that is not described`;
      }
      const missing = operation.requiredQuery?.find((name) => !query.has(name));
      return missing === undefined ? undefined : `query parameter ${missing} is missing`;
    },

    checkMediaType({ body }, mediaType) {
      if (body === undefined) return mediaType === undefined ? undefined : 'a body is not described';
      if (mediaType === undefined) return 'the body or its Content-Type is missing';
      return mediaType in body ? undefined : `a body of type ${mediaType} is not described`;
    },

    checkBody({ body }, mediaType, value) {
      const name = body?.[mediaType];
      return name === undefined || name === null ? undefined : check(name, value);
    },

    checkAnswer({ answers }, status, value) {
      if (status >= 400) return value === undefined ? undefined : check('error', value);
      const name = answers[status];
      if (name === undefined) return `status ${status} is not described`;
      if (name === null) return value === undefined ? undefined : `status ${status} with a JSON body is not described`;
      return check(name, value);
    },
  };
}

function allows(schema: JsonSchema, value: string): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(value);
  return schema.pattern === undefined || new RegExp(schema.pattern).test(value);
}

/** Annotations (`@odata.etag`, `attachments@odata.context`) may stand on every object. */
const ANNOTATIONS: Readonly<Record<string, JsonSchema>> = { '@odata\\.': {} };

function closed(schema: JsonSchema): JsonSchema {
  const { properties, items, anyOf } = schema;
  return {
    ...schema,
    ...(items && { items: closed(items) }),
    ...(anyOf && { anyOf: anyOf.map((alternative) => closed(alternative)) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, closed(property)])),
      ...(schema.additionalProperties === undefined && {
        patternProperties: ANNOTATIONS,
        additionalProperties: false,
      }),
    }),
  };
}
