-- Notifications that the service sends itself: up to where the log was looked through for them, and what is to be sent.

create table notify_cursor (
  only_row boolean primary key default true check (only_row),
  -- events up to here have been looked at
  seq bigint not null
);

create table notices (
  -- what the receiver knows it by, the same at every try
  id uuid primary key,
  -- position of the event that it tells of
  seq bigint not null,
  -- name in the configuration, where its address and secrets are
  target text not null,
  notice json not null,
  -- not to be sent while somebody has it in a browser
  unless_browser boolean not null,
  tries integer not null default 0,
  -- when to send it; while somebody does, when others may take it over
  due_at timestamptz not null,
  unique (target, seq)
);

create index notices_due on notices (target, due_at);

-- browsers that have a stream of this instance open
alter table instances add column browsers integer not null default 0;
