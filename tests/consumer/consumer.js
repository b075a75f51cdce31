// What a user does first, done with the published form of the packages. Started by main.js.
import assert from 'node:assert/strict';
import { localDestination } from '@holdfast/destinations/local';
import { memoryDestination } from '@holdfast/destinations/memory';

assert.equal(typeof localDestination, 'function');
assert.equal(typeof memoryDestination, 'function');
