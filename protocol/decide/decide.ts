/**
 * decide(fleet, command) → events | problem: every business rule, in pure functions.
 *
 * The rules check permissions, conflicts and state transitions. Nothing here reads a clock, a database or a request;
 * the log adds a missing `id` and `time` to the drafts.
 */
import type { Actor, Command, Decision } from './command.ts';
import {
  connectAgent,
  disconnect,
  registerAgent,
  removeAgent,
  recordServiceStart,
  stopService,
} from './agent.ts';
import { decideApproval, expireApproval, withdrawApproval } from './approval.ts';
import { acknowledgeAttention, unacknowledge } from './attention.ts';
import { report } from './report.ts';
import { cancelRun, loseRun, pauseRun, requestRun, resumeRun } from './run.ts';
import type { Fleet } from '../fleet/fleet.ts';

/** The events that a command causes, or the problem that prevents it. */
export function decide(fleet: Fleet, command: Command, actor: Actor): Decision {
  switch (command.type) {
    case 'start-service':
      return recordServiceStart(fleet, command);
    case 'stop-service':
      return stopService(fleet, command);
    case 'register-agent':
      return registerAgent(fleet, command, actor);
    case 'remove-agent':
      return removeAgent(fleet, command, actor);
    case 'connect':
      return connectAgent(fleet, command, actor);
    case 'disconnect':
      return disconnect(fleet, command);
    case 'lose-run':
      return loseRun(fleet, command);
    case 'request-run':
      return requestRun(fleet, command, actor);
    case 'cancel-run':
      return cancelRun(fleet, command, actor);
    case 'pause-run':
      return pauseRun(fleet, command, actor);
    case 'resume-run':
      return resumeRun(fleet, command, actor);
    case 'acknowledge':
      return acknowledgeAttention(fleet, command, actor);
    case 'unacknowledge':
      return unacknowledge(fleet, command, actor);
    case 'decide-approval':
      return decideApproval(fleet, command, actor);
    case 'expire-approval':
      return expireApproval(fleet, command);
    case 'withdraw-approval':
      return withdrawApproval(fleet, command);
    case 'report':
      return report(fleet, command, actor);
  }
}
