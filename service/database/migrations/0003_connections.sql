-- What happened to an agent outside of its runs: its connections, above all.
create index log_by_agent on log (agent, seq) where run is null and agent is not null;
