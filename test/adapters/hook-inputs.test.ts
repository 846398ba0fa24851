/** Properties of the translation of hooks: whatever they contain. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import { translateHook } from '../../service/adapters/hooks/hooks.ts';

const CONTEXT = { host: 'laptop', expiresAt: '2026-01-31T13:00:00.000Z' };

test('whatever a hook contains, the reported events are valid', () => {
  const value = fc.oneof(fc.string(), fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 60 }));
  const events = [
    'PreToolUse',
    'PostToolUse',
    'PermissionRequest',
    'Stop',
    'StopFailure',
    'SubagentStart',
    'SubagentStop',
    'Elicitation',
    'UserPromptSubmit',
    'PreCompact',
    'Nonsense',
  ];
  const input = fc.record({
    hook_event_name: fc.constantFrom(...events),
    session_id: value,
    prompt_id: fc.string(),
    cwd: value,
    tool_name: value,
    tool_input: value,
    tool_response: value,
    last_assistant_message: value,
    agent_id: value,
    agent_type: value,
    error: value,
    message: value,
    background_tasks: value,
    permission_suggestions: value,
  });
  fc.assert(
    fc.property(
      input,
      fc.constantFrom('claude-code' as const, 'codex' as const),
      (called, tool) => {
        const { agent, reports, ask } = translateHook(tool, called, CONTEXT);
        expect(agent.id).toMatch(/^[a-z0-9][a-z0-9._-]{0,62}$/);
        expect(EVENT_KINDS['agent.updated'].schema.safeParse(agent.profile).error).toBeUndefined();
        for (const { type, data } of reports) {
          expect(EVENT_KINDS[type].schema.safeParse(data).error).toBeUndefined();
        }
        if (ask)
          expect(EVENT_KINDS['approval.requested'].schema.safeParse(ask).error).toBeUndefined();
      },
    ),
    { numRuns: 200 },
  );
});
