-- The log, its head, the folded documents beside it, and access.

create table head (
  only_row boolean primary key default true check (only_row),
  -- made with the database: tells its cursors from those of any other
  epoch text not null,
  -- position of the newest event
  seq bigint not null
);

insert into head (epoch, seq)
values (substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), 0);

-- Apart from the head, so that deleting never waits for appending nor the other way round.
create table floors (
  only_row boolean primary key default true check (only_row),
  -- events up to here have been deleted
  floor bigint not null,
  -- high-volume events up to here have been deleted; never below the floor
  detail_floor bigint not null
);

insert into floors (floor, detail_floor) values (0, 0);

-- where the head was when: how old an event is, by this server's clock and not by its reporter's
create table marks (
  at timestamptz primary key default now(),
  seq bigint not null
);

-- json, not jsonb: it keeps every string as it came (jsonb refuses \u0000) and needs no parsing on the way out
create table log (
  seq bigint primary key,
  id uuid not null unique,
  time timestamptz not null,
  type text not null,
  agent text,
  run uuid,
  actor text,
  detail boolean not null,
  data json not null
);

create index log_by_run on log (run, seq) where run is not null;

create index log_detail on log (seq) where detail;

create table agents (
  id text primary key,
  doc json not null
);

create table runs (
  id uuid primary key,
  agent text not null,
  status text not null,
  -- position of the event that began the run: the order of the history
  seq bigint not null,
  doc json not null
);

create index runs_by_agent on runs (agent, seq desc);

-- service processes that share this database; one whose lease has expired is dead
create table instances (
  id text primary key,
  expires_at timestamptz not null
);

create table tokens (
  id uuid primary key,
  hash bytea not null unique,
  user_name text not null,
  scopes text[] not null,
  label text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);

create table pairing_codes (
  hash bytea primary key,
  user_name text not null,
  expires_at timestamptz not null
);

-- Compare and append. Gives the events the positions behind `expected`, if the log still ends there, and
-- stores the folded documents with them; returns false when another instance was first.
-- Event data and documents come as text in the JSON: json_to_recordset would look into them and refuse \u0000.
-- One statement, so that no lock is ever held across a round trip, and positions become visible in order.
create function append(
  expected bigint, events json, agent_docs json, removed_agents json, run_docs json
)
returns boolean
language plpgsql as $$
declare
  appended constant bigint := json_array_length(events);
begin
  update head set seq = seq + appended where seq = expected;
  if not found then
    return false;
  end if;

  insert into log (seq, id, time, type, agent, run, actor, detail, data)
  select expected + e.position, e.id, e.time, e.type, e.agent, e.run, e.actor, e.detail, e.data::json
  from rows from (
    json_to_recordset(events) as (
      id uuid, "time" timestamptz, type text, agent text, run uuid, actor text, detail boolean, data text
    )
  ) with ordinality as e (id, "time", type, agent, run, actor, detail, data, position);

  if json_array_length(agent_docs) > 0 then
    insert into agents (id, doc)
    select d.id, d.doc::json
    from json_to_recordset(agent_docs) as d (id text, doc text)
    on conflict (id) do update set doc = excluded.doc;
  end if;

  if json_array_length(removed_agents) > 0 then
    delete from agents where id in (select json_array_elements_text(removed_agents));
  end if;

  if json_array_length(run_docs) > 0 then
    insert into runs (id, agent, status, seq, doc)
    select d.id, d.agent, d.status, d.seq, d.doc::json
    from json_to_recordset(run_docs) as d (id uuid, agent text, status text, seq bigint, doc text)
    on conflict (id) do update set status = excluded.status, doc = excluded.doc;
  end if;

  perform pg_notify('agentlight', (expected + appended)::text);
  return true;
end
$$;
