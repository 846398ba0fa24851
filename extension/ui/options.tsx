/** The options page: sections beside a table of contents. Every change is saved at once. */
import type { ComponentChildren } from 'preact';
import css from './options.module.css';
import type { Model } from './model.ts';
import { AppearanceSection } from './settings/appearance-section.tsx';
import type { BrowserFacts } from './settings/browser-facts.ts';
import { DiagnosticsSection } from './settings/diagnostics-section.tsx';
import { NotificationsSection } from './settings/notifications-section.tsx';
import { QuietSection } from './settings/quiet-section.tsx';
import { SavedNote } from './settings/saved.tsx';
import { ServicesSection } from './settings/services-section.tsx';
import { ShortcutsSection } from './settings/shortcuts-section.tsx';
import { TransferSection } from './settings/transfer-section.tsx';

interface OptionsProps {
  readonly model: Model;
  readonly facts: BrowserFacts;
}

const TITLES = {
  services: 'Services',
  notifications: 'Notifications',
  quiet: 'Quiet hours',
  appearance: 'Appearance',
  shortcuts: 'Keyboard shortcuts',
  transfer: 'Import and export',
  diagnostics: 'Diagnostics',
};

export function Options({ model, facts }: OptionsProps) {
  return (
    <div class={css['page']}>
      <header class={css['header']}>
        <h1>Agentlight</h1>
        <nav aria-label="Sections">
          {Object.entries(TITLES).map(([id, title]) => (
            <a key={id} href={`#${id}`}>
              {title}
            </a>
          ))}
        </nav>
        <SavedNote />
      </header>
      <main class={css['sections']}>
        <Section id="services">
          <ServicesSection model={model} />
        </Section>
        <Section id="notifications">
          <NotificationsSection model={model} facts={facts} />
        </Section>
        <Section id="quiet">
          <QuietSection model={model} />
        </Section>
        <Section id="appearance">
          <AppearanceSection model={model} />
        </Section>
        <Section id="shortcuts">
          <ShortcutsSection facts={facts} />
        </Section>
        <Section id="transfer">
          <TransferSection model={model} />
        </Section>
        <Section id="diagnostics">
          <DiagnosticsSection model={model} facts={facts} />
        </Section>
      </main>
    </div>
  );
}

function Section({ id, children }: { id: keyof typeof TITLES; children: ComponentChildren }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{TITLES[id]}</h2>
      {children}
    </section>
  );
}
