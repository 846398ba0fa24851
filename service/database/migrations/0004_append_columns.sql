-- Compare and append, with a column to a parameter instead of JSON around it all: a fifth less work for a batch of
-- events (measured: 12 instead of 15 µs an event). The function of the first migration stays for instances of the
-- version before, which may still run while this one starts.
--
-- Gives the events the positions behind `expected`, if the log still ends there, and stores the folded documents with
-- them; returns false when another instance was first.
-- One statement, so that no lock is ever held across a round trip, and positions become visible in order.
create function append_events(
  expected bigint,
  event_ids uuid[], event_times timestamptz[], event_types text[], event_agents text[], event_runs uuid[],
  event_actors text[], event_details boolean[], event_datas json[],
  agent_ids text[], agent_docs json[], removed_agents text[],
  run_ids uuid[], run_agents text[], run_statuses text[], run_seqs bigint[], run_docs json[]
)
returns boolean
language plpgsql as $$
declare
  appended constant bigint := cardinality(event_ids);
begin
  update head set seq = seq + appended where seq = expected;
  if not found then
    return false;
  end if;

  -- sets in the list of columns advance together; as a table each would be stored first
  insert into log (seq, id, time, type, agent, run, actor, detail, data)
  select
    generate_series(expected + 1, expected + appended), unnest(event_ids), unnest(event_times), unnest(event_types),
    unnest(event_agents), unnest(event_runs), unnest(event_actors), unnest(event_details), unnest(event_datas);

  if cardinality(agent_ids) > 0 then
    insert into agents (id, doc)
    select * from unnest(agent_ids, agent_docs)
    on conflict (id) do update set doc = excluded.doc;
  end if;

  if cardinality(removed_agents) > 0 then
    delete from agents where id = any(removed_agents);
  end if;

  if cardinality(run_ids) > 0 then
    insert into runs (id, agent, status, seq, doc)
    select * from unnest(run_ids, run_agents, run_statuses, run_seqs, run_docs)
    on conflict (id) do update set status = excluded.status, doc = excluded.doc;
  end if;

  perform pg_notify('agentlight', (expected + appended)::text);
  return true;
end
$$;
