/** Requests per new message on the first backup of a folder of 2,000, counted by the simulator. */
import { requestsPerMessage } from '../../tests/end-to-end/requests-per-message.ts';
import { conclude } from '../conclude.ts';

const { messages, items, requests, perMessage, kinds } = await requestsPerMessage(2000);
conclude({
  title: `requests per new message on the first backup of a folder of ${messages}`,
  figure: `${perMessage.toFixed(3)} (${requests} requests: ${kinds}); at most 1.05`,
  pass: items === messages && perMessage <= 1.05,
});
