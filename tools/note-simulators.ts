/**
 * Notes what the simulators of a test run checked: where HOLDFAST_SIMULATORS names a file, each test process appends a line
 * to it for each simulator that it starts and for each that it closes. `prove/3/05-description.ts` sums them up.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import process from 'node:process';

const { HOLDFAST_SIMULATORS: file } = process.env;

if (file !== undefined && file !== '') {
  for (const event of ['started', 'closed']) {
    subscribe(`holdfast:simulator-${event}`, (message) => {
      appendFileSync(file, `${JSON.stringify({ event, ...(message as object) })}\n`);
    });
  }
}
