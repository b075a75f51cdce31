import type { Answer, RawRequest } from '../protocol/exchange-call.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import { planFault } from '../server/fault-plan.ts';
import { answerLogin, loginFailure } from './answer-login.ts';
import type { LoginOptions } from './answer-login.ts';

/** Answers requests to the login host. Only its token endpoint has faults, and only those that are meant for it. */
export function loginEndpoint(
  service: Pick<ExchangeService, 'clock' | 'faults' | 'notices' | 'requests'>,
  options: LoginOptions,
): (request: RawRequest) => Promise<Answer> {
  return async (request) => {
    const { method, url, body } = request;
    const kind = url.pathname.endsWith('/token') ? 'token' : 'other';
    await service.notices.tell({ kind, method, url });
    const plan = kind === 'token' ? planOf(request) : undefined;
    const answer = plan?.stranger ?? answered(request, plan);
    const fault = answer.fault ?? plan?.afterwards(answer);
    const status = fault === 'reset' || fault === 'break' ? 0 : answer.status;
    service.requests.record({ kind, method, path: url.pathname, status }, body.length);
    return { ...answer, fault };
  };

  function planOf({ method, url, body }: RawRequest): ReturnType<typeof planFault> {
    return planFault(service, {
      kind: 'token',
      wayKinds: () => ['token'],
      method,
      url,
      range: undefined,
      body,
      inBatch: false,
      isPage: false,
      tracked: undefined,
      hasToken: false,
    });
  }

  function answered(request: RawRequest, plan: ReturnType<typeof planFault> | undefined): Answer {
    const json = { 'content-type': 'application/json; charset=utf-8' };
    try {
      plan?.fail();
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      const { status, headers, empty } = error;
      if (empty) return { status, headers };
      // The codes are documented (reference-error-codes), the rest of the answer is assumed.
      const [code, text] =
        status === 429
          ? [90055, 'There are too many incoming requests.']
          : [90033, 'A transient error has occurred. Please try again.'];
      const answer = loginFailure(options, { status, error: 'temporarily_unavailable', code, text });
      return { ...answer, headers: { ...json, ...headers } };
    }
    const answer = answerLogin(request, options);
    return { ...answer, headers: { ...json, ...answer.headers } };
  }
}
