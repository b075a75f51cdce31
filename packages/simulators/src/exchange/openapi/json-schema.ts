/** A JSON Schema as far as the description uses it. */
export interface JsonSchema {
  /** The JSON types allowed. */
  readonly type?: string | readonly string[] | undefined;
  /** The values allowed. */
  readonly enum?: readonly string[] | undefined;
  /** Name of a text form: `date-time` or `base64`. */
  readonly format?: string | undefined;
  /** Pattern of a text. */
  readonly pattern?: string | undefined;
  /** Smallest number allowed. */
  readonly minimum?: number | undefined;
  /** Largest number of elements. */
  readonly maxItems?: number | undefined;
  /** Name of another schema of the description. */
  readonly $ref?: string | undefined;
  /** One of these fits. */
  readonly anyOf?: readonly JsonSchema[] | undefined;
  /** Exactly one of these fits, told apart by `discriminator`. */
  readonly oneOf?: readonly JsonSchema[] | undefined;
  /** The property that tells the alternatives of `oneOf` apart. */
  readonly discriminator?: { readonly propertyName: string } | undefined;
  /** Properties that must be there. */
  readonly required?: readonly string[] | undefined;
  /** The properties of an object. */
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  /** Properties by the pattern of their name. */
  readonly patternProperties?: Readonly<Record<string, JsonSchema>> | undefined;
  /** Form of the properties not named; `false` if there may be none. */
  readonly additionalProperties?: JsonSchema | boolean | undefined;
  /** Form of the elements of an array. */
  readonly items?: JsonSchema | undefined;
}
