/**
 * Notes what the simulators of a process check: loaded with `--import`, it appends a line to the file that
 * HOLDFAST_SIMULATORS names for each simulator that is started and for each that is closed. With NODE_OPTIONS all
 * processes below do the same, whatever Node runs them. `prove/3/05-description.ts` sums the lines up.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import process from 'node:process';

const { HOLDFAST_SIMULATORS: file } = process.env;

if (file !== undefined && file !== '') {
  for (const event of ['started', 'closed']) {
    subscribe(`holdfast:simulator-${event}`, (message) => {
      appendFileSync(file, `${JSON.stringify({ event, ...message })}\n`);
    });
  }
}
