import process from 'node:process';

/** Runs of a property; more with SLOW=1. */
export const propertyRuns: number = process.env['SLOW'] === '1' ? 2000 : 100;
