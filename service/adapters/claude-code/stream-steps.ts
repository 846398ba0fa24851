/**
 * Reports subagents and background tasks of Claude Code as steps of its run.
 *
 * A subagent starts as a call of the tool `Task` (now `Agent`) and may get a task id as well. Both are the same
 * step, which ends once: with the result of the call or with the task's notification.
 */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, nonEmptyString } from '../json.ts';
import type { ParsedEvent } from '../output/output-parser.ts';
import { cut, firstLine } from '../shown-text.ts';
import { stepId } from '../tool-call.ts';

const SUBAGENT_TOOLS: readonly string[] = ['Task', 'Agent'];

export class StreamSteps {
  /** Running steps, by each of their ids. */
  readonly #open = new Map<string, string>();

  toolStarted(call: string, tool: string, input: JsonObject): readonly ParsedEvent[] {
    if (!SUBAGENT_TOOLS.includes(tool)) return [];
    return this.#begin(call, input['description'] ?? input['subagent_type'], 'agent');
  }

  toolEnded(call: string, failure: string | undefined, result: unknown): readonly ParsedEvent[] {
    // a background subagent continues after the result of the call that started it
    if (objectOf(result)['status'] === 'async_launched') return [];
    return this.#end(call, failure);
  }

  /** A subagent reported something. */
  progress(call: string, message: string): readonly ParsedEvent[] {
    const step = this.#open.get(call);
    const line = firstLine(message, LIMITS.messageChars);
    if (step === undefined || line === undefined) return [];
    return [{ type: 'step.progress', data: { step, message: line } }];
  }

  /** Parses lines of type `system` whose subtype begins with `task_`. */
  parse(line: JsonObject): readonly ParsedEvent[] {
    const task = nonEmptyString(line['task_id']);
    if (task === undefined) return [];
    switch (line['subtype']) {
      case 'task_started':
        return this.#taskStarted(task, line);
      case 'task_progress':
        return this.progress(
          task,
          nonEmptyString(line['description']) ?? nonEmptyString(line['summary']) ?? '',
        );
      case 'task_notification': {
        const summary = nonEmptyString(line['summary']);
        if (line['status'] === 'completed') return this.#end(task, undefined, summary);
        return this.#end(task, summary ?? nonEmptyString(line['status']) ?? 'failed');
      }
      default:
        return [];
    }
  }

  #taskStarted(task: string, line: JsonObject): readonly ParsedEvent[] {
    const known = this.#open.get(nonEmptyString(line['tool_use_id']) ?? '');
    if (known !== undefined) {
      this.#open.set(task, known);
      return [];
    }
    const isShell = line['task_type'] === 'local_bash';
    // a command in the foreground is already shown as a tool call
    if ((isShell && line['is_backgrounded'] === false) || line['ambient'] === true) return [];
    const name = line['description'] ?? line['subagent_type'] ?? line['task_type'];
    return this.#begin(task, name, isShell ? 'background' : 'agent');
  }

  #begin(id: string, name: unknown, kind: string): readonly ParsedEvent[] {
    if (this.#open.has(id)) return [];
    const step = stepId('task', id);
    this.#open.set(id, step);
    const shown = cut(nonEmptyString(name) ?? 'Subagent', LIMITS.nameChars);
    return [{ type: 'step.started', data: { step, name: shown, kind } }];
  }

  #end(id: string, failure: string | undefined, summary = ''): readonly ParsedEvent[] {
    const step = this.#open.get(id);
    if (step === undefined) return [];
    for (const [name, open] of this.#open) if (open === step) this.#open.delete(name);
    if (failure !== undefined) {
      return [{ type: 'step.failed', data: { step, message: cut(failure, LIMITS.messageChars) } }];
    }
    const message = firstLine(summary, LIMITS.messageChars);
    return [{ type: 'step.completed', data: { step, ...(message !== undefined && { message }) } }];
  }
}
