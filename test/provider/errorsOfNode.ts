/**
 * Jest runs tests in a realm of their own, in which what Node throws is no `instanceof Error`. Importing this makes it
 * one, as it is everywhere else.
 */
import { types } from "node:util";

type Class = abstract new () => unknown;

const inherits = (constructor: Class, value: unknown) =>
  Function.prototype[Symbol.hasInstance].call(constructor, value);

Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: Class, value: unknown) {
    return this === Error ? types.isNativeError(value) || inherits(this, value) : inherits(this, value);
  },
});
