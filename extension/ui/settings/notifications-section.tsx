/** What a person is told of. */
import form from '../form.module.css';
import type { Model } from '../model.ts';
import type { BrowserFacts } from './browser-facts.ts';
import { MutedAgents } from './muted-agents.tsx';
import { RuleList } from './rule-list.tsx';
import { ChoiceRow, SwitchRow } from './setting-row.tsx';
import css from './settings.module.css';

interface NotificationsSectionProps {
  readonly model: Model;
  readonly facts: BrowserFacts;
}

export function NotificationsSection({ model, facts }: NotificationsSectionProps) {
  return (
    <div class={css['group']}>
      {facts.mayNotify === false && (
        <p class={css['warning']} role="alert">
          <b>Notifications are turned off for Agentlight.</b> {HOW_TO_ALLOW[facts.system]}
        </p>
      )}
      <div class={css['card']}>
        <SwitchRow
          model={model}
          of="notifyQuestion"
          label="Questions"
          help="An agent waits for your approval or your answer"
        />
        <SwitchRow model={model} of="notifyFailed" label="Failures" help="A run failed" />
        <SwitchRow
          model={model}
          of="notifyOffline"
          label="Lost contact"
          help="The machine of an agent is gone without having been stopped"
        />
        <SwitchRow
          model={model}
          of="notifyBudget"
          label="Budgets"
          help="A run used more than its agent may"
        />
        <ChoiceRow
          model={model}
          of="notifyFinished"
          label="Finished runs"
          help="A run ended well"
          choices={{ off: 'Never', mine: 'Mine over a minute', all: 'All' }}
        />
      </div>
      <div class={css['card']}>
        <SwitchRow
          model={model}
          of="sound"
          label="Sound"
          help="Off: notifications come in silence, where the desktop can do that"
        />
        <SwitchRow
          model={model}
          of="approveFromNotification"
          label="Approve from the notification"
          help="A button on short permission questions that are shown whole; longer ones open the popup"
        />
        <div class={css['row']}>
          <span class={css['words']}>
            <span class={css['label']}>Try it</span>
            <span class={css['help']}>
              You should see a notification. {facts.mayNotify !== false && HOW_TO_SEE[facts.system]}
            </span>
          </span>
          <button type="button" class={form['secondary']} onClick={() => model.actions.tryNotice()}>
            Show one
          </button>
        </div>
      </div>
      <h3 class={css['subtitle']}>Exceptions</h3>
      <RuleList model={model} />
      <MutedAgents model={model} />
    </div>
  );
}

const HOW_TO_ALLOW = {
  macos:
    'Open System Settings › Notifications, choose your browser, and allow them; then reload this page.',
  windows:
    'Open Settings › System › Notifications, turn them on for your browser, and reload this page.',
  linux:
    'Turn them on for your browser in the notification settings of your desktop, and reload this page.',
  other: 'Turn them on for your browser in the settings of your system, and reload this page.',
};

const HOW_TO_SEE = {
  macos:
    'If not, look at System Settings › Notifications › your browser, and whether a Focus is on.',
  windows: 'If not, look at Settings › System › Notifications, and at “Do not disturb”.',
  linux: 'If not, look at “Do not disturb” in the notification settings of your desktop.',
  other: 'If not, look at the notification settings of your system.',
};
