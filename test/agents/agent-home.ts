/** A home of its own for a coding agent: set up by `agentlight setup`, talking to a scripted model. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startCommandLine } from '../support/command-line.ts';
import type { TestService } from '../support/test-service.ts';
import type { Turn } from './scripted-model.ts';
import { startScriptedModel } from './scripted-model.ts';

const BIN = join(process.env['AGENTLIGHT_AGENTS_DIR'] ?? '', 'node_modules', '.bin');
const API_KEY = 'a-key-for-nobody-0123456789abcdef';

export interface AgentHome {
  readonly env: NodeJS.ProcessEnv;
  readonly project: string;
}

/** @param turns what the model says, in order. */
export async function claudeHome(service: TestService, turns: readonly Turn[]): Promise<AgentHome> {
  const { home, project, env, model } = await newHome(service, turns);
  const claudeEnv = {
    ...env,
    ANTHROPIC_BASE_URL: model,
    ANTHROPIC_API_KEY: API_KEY,
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  // as after the first start: no questions about themes, keys and trust
  const settled = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    customApiKeyResponses: { approved: [API_KEY.slice(-20)], rejected: [] },
    projects: { [project]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
  };
  await writeFile(join(home, '.claude.json'), JSON.stringify(settled));
  await setUp('claude-code', claudeEnv);
  return { env: claudeEnv, project };
}

export async function codexHome(service: TestService, turns: readonly Turn[]): Promise<AgentHome> {
  const { home, project, env, model } = await newHome(service, turns);
  const codexEnv = { ...env, CODEX_HOME: join(home, '.codex'), SCRIPTED_KEY: API_KEY };
  await mkdir(codexEnv.CODEX_HOME);
  const config = `model = "gpt-5-codex"
model_provider = "scripted"
approval_policy = "never"
sandbox_mode = "danger-full-access"

[model_providers.scripted]
name = "scripted"
base_url = "${model}"
env_key = "SCRIPTED_KEY"
wire_api = "responses"

[projects."${project}"]
trust_level = "trusted"
`;
  await writeFile(join(codexEnv.CODEX_HOME, 'config.toml'), config);
  await setUp('codex', codexEnv);
  return { env: codexEnv, project };
}

async function newHome(service: TestService, turns: readonly Turn[]) {
  const home = await mkdtemp(join(tmpdir(), 'agentlight-agent-'));
  const project = join(home, 'api-server');
  await mkdir(project);
  const model = await startScriptedModel(turns);
  onTestFinished(async () => {
    await model.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const { AGENTLIGHT_URL, AGENTLIGHT_TOKEN } = service.env;
  const env = {
    PATH: `${BIN}:${process.env['PATH']}`,
    HOME: home,
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    AGENTLIGHT_URL,
    AGENTLIGHT_TOKEN,
  };
  return { home, project, env, model: model.url };
}

async function setUp(tool: string, env: NodeJS.ProcessEnv): Promise<void> {
  const line = startCommandLine(['setup', tool, '--yes'], env);
  const { exitCode } = await line.ended;
  if (exitCode !== 0) throw new Error(line.stderr());
}
