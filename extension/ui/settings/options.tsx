/** The options page: sections with a table of contents. Every change is saved at once. */
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/options.ts';
import css from './options.module.css';
import type { Model } from '../model.ts';
import { AppearanceSection } from './appearance-section.tsx';
import type { BrowserFacts } from './browser-facts.ts';
import { DiagnosticsSection } from './diagnostics-section.tsx';
import { NotificationsSection } from './notifications-section.tsx';
import { QuietSection } from './quiet-section.tsx';
import { SavedNote } from './saved.tsx';
import { ServicesSection } from './services-section.tsx';
import { ShortcutsSection } from './shortcuts-section.tsx';
import { TransferSection } from './transfer-section.tsx';

interface OptionsProps {
  readonly model: Model;
  readonly facts: BrowserFacts;
}

const SECTIONS = [
  'services',
  'notifications',
  'quiet',
  'appearance',
  'shortcuts',
  'transfer',
  'diagnostics',
] as const;

export function Options({ model, facts }: OptionsProps) {
  return (
    <div class={css['page']}>
      <header class={css['header']}>
        <h1>Agentlight</h1>
        <nav aria-label={t('sections')}>
          {SECTIONS.map((id) => (
            <a key={id} href={`#${id}`}>
              {t(`section.${id}`)}
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

function Section({ id, children }: { id: (typeof SECTIONS)[number]; children: ComponentChildren }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{t(`section.${id}`)}</h2>
      {children}
    </section>
  );
}
